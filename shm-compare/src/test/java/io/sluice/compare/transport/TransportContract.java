package io.sluice.compare.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.Proof;
import io.sluice.linux.Libc;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every mechanism and every way to wait. Counts are checked, times never. */
@Tag("alone")
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TransportContract {
    private static final int ROUNDS = Proof.size(2, 3);
    private static final int MESSAGES = 300;

    /** Above any limit that would make a test slow. */
    private static final long LONG = 1 << 17;

    /** Not the cost of a message: a cleaner unmaps and closes what earlier tests released. */
    private static final Set<String> ASIDE = Set.of("munmap", "close");

    /** Returns those to test. */
    abstract List<Transport> mechanisms();

    List<Transport> mechanismsThatNotify() {
        return mechanisms().stream().filter(t -> t.traits().ending().peerNotified()).toList();
    }

    private static void assumeAvailable(Transport transport) {
        assumeTrue(
                transport.unavailable().isEmpty(),
                () -> transport.name() + ": " + transport.unavailable().orElseThrow());
    }

    private static List<Integer> sizes(Transport transport) {
        return Stream.of(8, 64, 4096)
                .filter(size -> Proof.isProofBuild() || size != 64)
                .filter(size -> transport.tooLarge(size).isEmpty())
                .toList();
    }

    private static LinkPair.LinkTask sender(int size, long first, int count) {
        return link -> {
            Payload payload = new Payload(size);
            for (long i = first; i < first + count; i++) {
                link.send(payload, i);
            }
        };
    }

    private static LinkPair.LinkTask receiver(Payload payload, long until) {
        return link -> {
            while (payload.expected() < until) {
                link.receive(payload, 16);
            }
        };
    }

    private static void exchange(LinkPair ends, int size, int count) throws Exception {
        Payload there = new Payload(size);
        Payload back = new Payload(size);
        Payload out = new Payload(size);
        ends.run(
                link -> {
                    for (int i = 0; i < count; i++) {
                        link.send(out, i);
                        link.receive(back, 1);
                    }
                },
                link -> {
                    Payload answer = new Payload(size);
                    for (int i = 0; i < count; i++) {
                        link.receive(there, 1);
                        link.send(answer, i);
                    }
                    link.flush();
                });
        expectAll(there, count);
        expectAll(back, count);
    }

    private static void expectAll(Payload payload, long count) {
        assertEquals(count, payload.expected(), "messages");
        assertEquals(0, payload.lost(), "lost");
        assertEquals(0, payload.duplicated(), "duplicated");
        assertEquals(0, payload.corrupted(), "corrupted");
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void anEndMakesTheSameTransportWithoutTheOthers(Transport transport) {
        Transport made = Transports.TransportSource.of(transport).transport();
        assertNotSame(transport, made);
        assertEquals(transport.getClass(), made.getClass());
        assertEquals(transport.name(), made.name());
        assertEquals(transport.traits(), made.traits());
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void messagesArriveWholeAndInOrderBothWays(Transport transport) throws Exception {
        assumeAvailable(transport);
        assertFalse(sizes(transport).isEmpty());
        for (int size : sizes(transport)) {
            try (LinkPair ends = new LinkPair(transport, size)) {
                Payload there = new Payload(size);
                Payload back = new Payload(size);
                ends.run(sender(size, 0, MESSAGES), receiver(there, MESSAGES));
                ends.run(receiver(back, MESSAGES), sender(size, 0, MESSAGES));
                expectAll(there, MESSAGES);
                expectAll(back, MESSAGES);
                assertTrue(ends.initiator().capacity() >= 0);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void aMessageCostsTheCallsThatItsTraitsName(Transport transport) throws Exception {
        assumeAvailable(transport);
        int size = sizes(transport).get(0);
        Traits.Cost cost = transport.traits().cost();
        Map<String, Long> named = new HashMap<>();
        for (String call : cost.sending()) {
            named.merge(call, 2L * MESSAGES, Long::sum);
        }
        for (String call : cost.receiving()) {
            named.merge(call, 2L * MESSAGES, Long::sum);
        }
        try (LinkPair ends = new LinkPair(transport, size)) {
            Map<String, Long> before = Libc.callCounts();
            exchange(ends, size, MESSAGES);
            Map<String, Long> made = new TreeMap<>(Libc.callCounts());
            made.replaceAll((call, count) -> count - before.getOrDefault(call, 0L));
            made.values().removeIf(count -> count == 0);
            made.keySet().removeAll(ASIDE);
            if (cost.other().isEmpty()) {
                assertEquals(named, made);
            } else {
                named.forEach(
                        (call, count) ->
                                assertTrue(made.getOrDefault(call, 0L) >= count, made.toString()));
            }
        }
    }

    List<Transport> mechanismsOfTheKernelThatBatch() {
        return mechanisms().stream()
                .filter(Transport::supportsBatches)
                .filter(t -> t.traits().cost().copies() == 2)
                .toList();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("mechanismsOfTheKernelThatBatch")
    void aBatchCostsOneCallOfEachEnd(Transport transport) throws Exception {
        assumeAvailable(transport);
        int count = 64;
        for (int batch : List.of(1, 16, 64)) {
            try (LinkPair ends = new LinkPair(transport, 64)) {
                ends.initiator().batch(batch);
                ends.responder().batch(batch);
                Payload there = new Payload(64);
                Map<String, Long> before = Libc.callCounts();
                sender(64, 0, count).run(ends.initiator());
                int calls = 0;
                while (there.expected() < count) {
                    ends.responder().receive(there, batch);
                    calls++;
                }
                expectAll(there, count);
                assertEquals(count / batch, calls);
                Map<String, Long> after = Libc.callCounts();
                for (String call :
                        List.of(
                                transport.traits().cost().sending().get(0),
                                transport.traits().cost().receiving().get(0))) {
                    assertEquals(
                            count / batch, after.get(call) - before.getOrDefault(call, 0L), call);
                }
            }
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("mechanismsOfTheKernelThatBatch")
    void whatWasKeptBackGoesOutBeforeAnEndReceivesFlushesOrCloses(Transport transport)
            throws Exception {
        assumeAvailable(transport);
        try (LinkPair ends = new LinkPair(transport, 64)) {
            ends.initiator().batch(16);
            ends.responder().batch(16);
            exchange(ends, 64, 3);
            Payload there = new Payload(64);
            there.accept(0);
            there.accept(1);
            there.accept(2);
            sender(64, 3, 5).run(ends.initiator());
            ends.initiator().flush();
            ends.responder().receive(there, 16);
            expectAll(there, 8);
            sender(64, 8, 5).run(ends.initiator());
            ends.initiator().close();
            ends.responder().receive(there, 2);
            expectAll(there, 10);
            ends.responder().receive(there, 16);
            expectAll(there, 13);
            assertThrows(EOFException.class, () -> ends.responder().receive(there, 16));
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("mechanismsThatNotify")
    void aClosedEndIsDetectedWhereTheTraitsSaySo(Transport transport) throws Exception {
        assumeAvailable(transport);
        int size = sizes(transport).get(0);
        try (LinkPair ends = new LinkPair(transport, size)) {
            exchange(ends, size, 10);
            Payload payload = new Payload(size);
            List<Exception> noticed = new ArrayList<>();
            ends.run(
                    link -> {
                        try {
                            link.receive(payload, 1);
                        } catch (IOException e) {
                            noticed.add(e);
                        }
                    },
                    Link::close);
            assertEquals(1, noticed.size(), "a receiver that waited");
            assertEquals(0, payload.expected());
        }
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void theLongestMessageGoesWholeAndALongerOneIsRefused(Transport transport) throws Exception {
        assumeAvailable(transport);
        long longest = transport.traits().longest().bytes() & -Long.BYTES;
        int size = (int) Math.min(longest, LONG);
        try (LinkPair ends = new LinkPair(transport, size)) {
            exchange(ends, size, 3);
        }
        if (longest < Integer.MAX_VALUE - Long.BYTES) {
            String refusal = transport.tooLarge((int) longest + Long.BYTES).orElseThrow();
            assertTrue(refusal.contains(Long.toString(transport.traits().longest().bytes())));
        } else {
            assertTrue(transport.tooLarge(Integer.MAX_VALUE).isEmpty());
        }
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void closingGivesDescriptorsBack(Transport transport) throws Exception {
        assumeAvailable(transport);
        int size = sizes(transport).get(0);
        openAndClose(transport, size); // Now a class has allocated what it keeps.
        long before = descriptors();
        for (int i = 0; i < ROUNDS; i++) {
            openAndClose(transport, size);
        }
        // Some are closed later, by another thread.
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        long after = descriptors();
        while (after >= before + ROUNDS && System.nanoTime() < deadline) {
            Thread.onSpinWait();
            after = descriptors();
        }
        assertTrue(after < before + ROUNDS, before + " descriptors before, " + after + " after");
    }

    private static void openAndClose(Transport transport, int size) throws Exception {
        try (LinkPair ends = new LinkPair(transport, size)) {
            exchange(ends, size, 1);
        }
    }

    private static long descriptors() throws IOException {
        try (var entries = Files.list(Path.of("/proc/self/fd"))) {
            return entries.count();
        }
    }

    @ParameterizedTest
    @MethodSource("mechanisms")
    void eachSaysWhatItIs(Transport transport) {
        Traits traits = transport.traits();
        for (String text :
                List.of(
                        transport.description(),
                        traits.longest().setBy(),
                        traits.capacity().whenFull(),
                        traits.ending().onPeerDeath(),
                        traits.ending().leftovers(),
                        traits.ending().persistence())) {
            assertFalse(text.isBlank(), transport.name());
            assertEquals(1, text.lines().count(), text);
        }
        assertTrue(traits.capacity().messages() + traits.capacity().bytes() > 0, "a capacity");
        assertTrue(transport.name().matches("[a-z0-9.]+/[a-z]+"), transport.name());
    }

    @Test
    void namesAreUniqueAndNothingOnTheClassPathIsBroken() {
        Set<String> names = new HashSet<>();
        for (Transport transport : Transports.all()) {
            assertTrue(names.add(transport.name()), transport.name());
            assertEquals(transport.name(), Transports.of(transport.name()).name());
        }
        assertEquals(List.of(), Transports.broken());
    }
}
