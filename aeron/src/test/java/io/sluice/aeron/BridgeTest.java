package io.sluice.aeron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.exceptions.RegistrationException;
import io.sluice.BrokenChannelException;
import io.sluice.Delivery;
import io.sluice.Order;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import io.sluice.Proof;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A bridge passes each message once, in order, and the end of the stream. */
@Timeout(30)
@SuppressWarnings("try") // Some resources are only to be closed.
class BridgeTest {
    private static final String MESSAGES = FreePort.channel();
    private static final String CONFIRMATIONS = FreePort.channel();

    @TempDir(factory = SharedMemory.class)
    Path directory;

    private BridgeLink link;
    private TestDriver driver;
    private final List<Pipe> pipes = new ArrayList<>();

    @BeforeEach
    void launch() {
        Path aeron = directory.resolve("aeron");
        driver = TestDriver.launch(aeron);
        link =
                BridgeLink.of(MESSAGES, CONFIRMATIONS)
                        .timeout(Duration.ofMillis(TestDriver.TIMEOUT_MILLIS))
                        .mediaDriver(aeron);
    }

    @AfterEach
    void stop() throws IOException {
        driver.close();
        for (Pipe pipe : pipes) {
            Pipe.delete(pipe.path());
        }
    }

    private Pipe pipe(String name, PipeSpec spec) throws IOException {
        Pipe pipe = Pipe.create(directory.resolve(name), spec.retainWithoutReceivers(true));
        pipes.add(pipe);
        return pipe;
    }

    /** Runs a half in a thread; returns its failure, null after a normal end. */
    private static CompletableFuture<Exception> start(PipeBridge half) {
        return Background.run(half::run);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachMessageOfEachSenderPassesOnceInOrderAndThenTheEnd(boolean unbounded) throws Exception {
        int senders = 3;
        int messages = Proof.size(2_000, 200_000);
        PipeSpec spec = unbounded ? PipeSpec.unbounded(1 << 22, 1 << 16) : PipeSpec.bounded();
        Pipe here = pipe("here", spec.senders(senders));
        Pipe there = pipe("there", spec.senders(1));
        PipeBridge out = PipeBridge.out(here, link);
        PipeBridge in = PipeBridge.in(link, there);
        List<NumberedSource> sources = new ArrayList<>();
        for (int i = 0; i < senders; i++) {
            sources.add(new NumberedSource(here.sender(), i));
        }
        CompletableFuture<Exception> outEnd = start(out);
        CompletableFuture<Exception> inEnd = start(in);
        Thread sending =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    for (int i = 0; i < messages; i++) {
                                        for (NumberedSource source : sources) {
                                            source.send();
                                        }
                                    }
                                    sources.forEach(NumberedSource::close);
                                });
        NumberedSource.Check check = new NumberedSource.Check(senders);
        try (PipeReceiver receiver = there.receiver()) {
            while (receiver.receive(check, 64) >= 0) {}
        }
        sending.join();
        assertNull(outEnd.join());
        assertNull(inEnd.join());
        assertEquals((long) senders * messages, check.received());
        assertEquals(check.received(), out.statistics().messages());
        assertEquals(check.received(), in.statistics().messages());
        assertEquals(out.statistics().bytes(), in.statistics().bytes());
        assertEquals(1, in.statistics().connections());
        assertFalse(Files.exists(directory.resolve("there.bridge")));
    }

    @Test
    void aHalfThatIsStoppedIsContinuedByItsSuccessor() throws Exception {
        Pipe here = pipe("here", PipeSpec.bounded().senders(1));
        Pipe there = pipe("there", PipeSpec.bounded().senders(1));
        NumberedSource source = new NumberedSource(here.sender(), 0);
        NumberedSource.Check check = new NumberedSource.Check(1);
        CompletableFuture<Exception> outEnd = null;
        CompletableFuture<Exception> inEnd = null;
        PipeBridge out = null;
        PipeBridge in = null;
        try (PipeReceiver receiver = there.receiver()) {
            for (int round = 0; round < 6; round++) {
                if (round % 2 == 0) {
                    if (in != null) {
                        in.close();
                        assertNull(inEnd.join());
                    }
                    in = PipeBridge.in(link, there);
                    inEnd = start(in);
                }
                if (round % 2 == 1 || out == null) {
                    if (out != null) {
                        out.close();
                        assertNull(outEnd.join());
                    }
                    out = PipeBridge.out(here, link);
                    outEnd = start(out);
                }
                for (int i = 0; i < 100; i++) {
                    source.send();
                }
                long all = (round + 1) * 100L;
                Soon.await(
                        () -> {
                            receiver.poll(check, 64);
                            return check.received() == all;
                        },
                        () -> check.received() + " of " + all);
            }
            source.close();
            while (receiver.receive(check, 64) >= 0) {}
        }
        assertNull(outEnd.join());
        assertNull(inEnd.join());
        assertEquals(600, check.received());
    }

    @Test
    void whatWasConfirmedIsNotKeptAndWhatWasNotIs() throws Exception {
        Pipe here = pipe("here", PipeSpec.bounded().senders(1));
        Pipe there = pipe("there", PipeSpec.bounded().senders(1));
        NumberedSource source = new NumberedSource(here.sender(), 0);
        PipeBridge out = PipeBridge.out(here, link);
        start(out);
        for (int i = 0; i < 10; i++) {
            source.send();
        }
        // Nothing confirms: the pipe keeps all.
        Soon.await(() -> out.statistics().connections() == 1, out::state);
        assertEquals(10, here.statistics().messages());
        assertEquals(0, out.statistics().messages());
        PipeBridge in = PipeBridge.in(link, there);
        CompletableFuture<Exception> inEnd = start(in);
        Soon.await(() -> out.statistics().messages() == 10, out::state);
        assertEquals(10, there.statistics().messages());
        Soon.await(
                () -> {
                    try {
                        return here.statistics().messages() == 0;
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                },
                out::state);
        in.close();
        assertNull(inEnd.join());
        out.close();
        source.close();
    }

    @Test
    void aPipeThatIsBrokenThereKeepsTheMessageHere() throws Exception {
        Pipe here = pipe("here", PipeSpec.bounded().senders(1));
        Pipe there = Pipe.create(directory.resolve("breaks"), PipeSpec.bounded().senders(1));
        pipes.add(there);
        PipeReceiver receiver = there.receiver();
        PipeBridge out = PipeBridge.out(here, link);
        start(out);
        CompletableFuture<Exception> inEnd = start(PipeBridge.in(link, there));
        try (PipeSender sender = here.sender()) {
            sender.send(new byte[] {1});
            assertEquals(1, receiver.receive(Duration.ofSeconds(30)).length);
            receiver.close();
            sender.send(new byte[] {2});
            assertTrue(inEnd.join() instanceof BrokenChannelException, () -> "" + inEnd.join());
            assertEquals(1, here.statistics().messages());
            try (PipeReceiver next = there.receiver()) {
                start(PipeBridge.in(link, there));
                assertTrue(next.awaitSender(Duration.ofSeconds(20)));
                assertEquals(2, next.receive(Duration.ofSeconds(30))[0]);
            }
        }
        out.close();
    }

    @Test
    void atMostOnceNothingWaitsForConfirmations() throws Exception {
        BridgeLink once = link.delivery(Delivery.AT_MOST_ONCE);
        Pipe here = pipe("here", PipeSpec.bounded().receivers(2));
        Pipe there = pipe("there", PipeSpec.bounded());
        PipeBridge out = PipeBridge.out(here, once);
        PipeBridge in = PipeBridge.in(once, there);
        CompletableFuture<Exception> outEnd = start(out);
        CompletableFuture<Exception> inEnd = start(in);
        NumberedSource source = new NumberedSource(here.sender(), 0);
        for (int i = 0; i < 1000; i++) {
            source.send();
        }
        source.close();
        NumberedSource.Check check = new NumberedSource.Check(1);
        try (PipeReceiver receiver = there.receiver()) {
            while (receiver.receive(check, 64) >= 0) {}
        }
        assertNull(outEnd.join());
        assertNull(inEnd.join());
        assertEquals(1000, check.received());
        assertEquals(0, in.statistics().lost());
        assertFalse(Files.exists(directory.resolve("there.bridge")));
    }

    @Test
    void whatCannotBeBridgedIsRefusedAndNamesTheRemedy() throws Exception {
        for (PipeSpec spec :
                List.of(
                        PipeSpec.bounded().receivers(2),
                        PipeSpec.bounded().order(Order.ARRIVAL),
                        PipeSpec.rendezvous(),
                        PipeSpec.broadcast())) {
            Pipe pipe = pipe("refused" + pipes.size(), spec);
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> PipeBridge.out(pipe, link));
            assertTrue(refused.getMessage().contains("at most once"), refused::getMessage);
        }
        Pipe many = pipe("many", PipeSpec.bounded());
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> PipeBridge.in(link, many));
        assertTrue(refused.getMessage().contains("PipeSpec.senders(1)"), refused::getMessage);
        PipeBridge meeting = PipeBridge.in(link, pipe("meeting", PipeSpec.rendezvous().senders(1)));
        assertThrows(UnsupportedOperationException.class, meeting::run);
        Pipe large = pipe("large", PipeSpec.bounded(1 << 20));
        PipeBridge tooLong = PipeBridge.out(large, link);
        refused = assertThrows(IllegalArgumentException.class, tooLong::run);
        assertTrue(refused.getMessage().contains("term-length"), refused::getMessage);
        assertThrows(IllegalStateException.class, tooLong::run); // Not twice.
        BridgeLink wrong = BridgeLink.of("aeron:udp?endpoint", CONFIRMATIONS);
        assertThrows(
                RegistrationException.class,
                () ->
                        PipeBridge.in(
                                        wrong.mediaDriver(directory.resolve("aeron")),
                                        pipe("one", PipeSpec.bounded().senders(1)))
                                .run());
        assertThrows(IllegalArgumentException.class, () -> link.timeout(Duration.ofMillis(99)));
    }

    @Test
    void aMediaDriverThatComesLaterIsWaitedFor() throws Exception {
        Pipe here = pipe("here", PipeSpec.bounded().senders(1));
        Pipe there = pipe("there", PipeSpec.bounded().senders(1));
        Path later = directory.resolve("later");
        BridgeLink waiting = link.mediaDriver(later);
        PipeBridge out = PipeBridge.out(here, waiting);
        CompletableFuture<Exception> outEnd = start(out);
        CompletableFuture<Exception> inEnd = start(PipeBridge.in(waiting, there));
        Soon.await(() -> out.state().contains(later.toString()), out::state);
        try (TestDriver come = TestDriver.launch(later);
                PipeReceiver receiver = there.receiver()) {
            try (PipeSender sender = here.sender()) {
                sender.send(new byte[] {7});
                assertEquals(7, receiver.receive(Duration.ofSeconds(30))[0]);
            }
            assertNull(receiver.receive());
            assertNull(outEnd.join());
            assertNull(inEnd.join());
        }
    }

    private static CompletableFuture<Integer> program(String... arguments) {
        CompletableFuture<Integer> status = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> status.complete(BridgeProgram.execute(arguments)));
        return status;
    }

    @Test
    void theProgramRunsBothHalvesWithEmbeddedMediaDrivers() throws Exception {
        Path here = directory.resolve("program-here");
        Path there = directory.resolve("program-there");
        Pipe source = pipe("program-here", PipeSpec.bounded().senders(1));
        String messages = FreePort.endpoint();
        String confirmations = FreePort.endpoint();
        CompletableFuture<Integer> out =
                program(
                        "out",
                        here.toString(),
                        messages,
                        confirmations,
                        "--timeout=60000",
                        "--every=0");
        CompletableFuture<Integer> in =
                program(
                        "in",
                        there.toString(),
                        messages,
                        confirmations,
                        "--create",
                        "--timeout=60000",
                        "--every=0");
        try (PipeReceiver receiver = Pipe.open(there, Duration.ofSeconds(30)).receiver()) {
            pipes.add(Pipe.open(there));
            try (PipeSender sender = source.sender()) {
                sender.send(new byte[] {1, 2, 3});
                assertEquals(3, receiver.receive(Duration.ofSeconds(30)).length);
            }
            assertNull(receiver.receive());
        }
        assertEquals(0, out.get(20, TimeUnit.SECONDS)); // Neither waits for its timeout.
        assertEquals(0, in.get(20, TimeUnit.SECONDS));
        try (var left = Files.list(directory)) { // No log, no media driver's directory.
            assertEquals(
                    List.of("aeron", "program-here", "program-there"),
                    left.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void theProgramNamesWhatIsWrong() {
        assertEquals(2, BridgeProgram.execute("out", "/nowhere"));
        assertEquals(
                1,
                BridgeProgram.execute(
                        "in", directory.resolve("none").toString(), "localhost:1", "localhost:2"));
        List<String> pair =
                List.of(directory.resolve("none").toString(), "localhost:1", "localhost:2");
        for (List<String> wrong :
                List.of(
                        List.of("--archive=localhost:3", "--delivery=at_most_once"),
                        List.of("--archive=aeron:ipc"),
                        List.of("--timeout=0"))) {
            for (String half : List.of("out", "in")) { // Before it waits for the pipe.
                List<String> arguments = new ArrayList<>(List.of(half));
                arguments.addAll(pair);
                arguments.addAll(wrong);
                assertEquals(
                        2,
                        BridgeProgram.execute(arguments.toArray(String[]::new)),
                        arguments::toString);
            }
        }
        assertEquals(2, BridgeProgram.execute("out", "x", "a:1", "b:2", "--recordings=y"));
        assertEquals(2, BridgeProgram.execute("nodes", "x", "a:1"));
        assertEquals(0, BridgeProgram.execute("--help"));
        assertEquals(0, BridgeProgram.execute("in", "--help"));
    }
}
