package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every pipe does: of whatever capacity, with one or many at each end, whose ends spin or
 * sleep, in mapped memory or on the heap.
 */
@ParameterizedClass
@MethodSource("combinations")
@Timeout(120)
class ChannelContractTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration MOMENT = Duration.ofMillis(2);
    private static final Set<Combination> RUN = new HashSet<>();
    private static final AtomicInteger CHECKS = new AtomicInteger();

    /** How much a pipe holds. */
    enum Capacity {
        ZERO,
        ONE,
        SMALL,
        LARGE,
        UNBOUNDED;

        PipeSpec spec() {
            switch (this) {
                case ZERO:
                    return PipeSpec.rendezvous(4080);
                case LARGE:
                    return PipeSpec.bounded(1 << 20);
                case UNBOUNDED:
                    return PipeSpec.unbounded(1 << 17, 4096);
                default:
                    return PipeSpec.bounded(4096);
            }
        }
    }

    record Combination(
            Capacity capacity, int senders, int receivers, boolean sleeps, boolean mapped) {
        /** Whether messages wait where no receiver does. */
        boolean holds() {
            return capacity != Capacity.ZERO;
        }

        PipeSpec spec() {
            return capacity.spec().senders(senders).receivers(receivers);
        }
    }

    static Stream<Combination> combinations() {
        List<Combination> all = new ArrayList<>();
        for (Capacity capacity : Capacity.values()) {
            for (int topology = 0; topology < 4; topology++) {
                for (int how = 0; how < 4; how++) {
                    int senders = topology % 2 == 0 ? 1 : 3;
                    int receivers = topology / 2 == 0 ? 1 : 3;
                    boolean sleeps = how % 2 == 0;
                    all.add(new Combination(capacity, senders, receivers, sleeps, how / 2 == 0));
                }
            }
        }
        return all.stream();
    }

    @Parameter private Combination combination;

    private Pipe pipe;
    private final List<AutoCloseable> ends = new ArrayList<>();

    @BeforeEach
    void count() {
        RUN.add(combination);
        CHECKS.incrementAndGet();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable end : ends) {
            end.close();
        }
    }

    @AfterAll
    static void report() {
        if (RUN.size() == combinations().count()) { // After the last one.
            System.out.printf("contract: %d combinations, %d checks%n", RUN.size(), CHECKS.get());
        }
    }

    private interface Body {
        void run() throws Exception;
    }

    /** Something that another thread does. */
    private final class Task {
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final Thread thread;

        Task(Body body) {
            thread =
                    Thread.ofPlatform()
                            .daemon()
                            .start(
                                    () -> {
                                        try {
                                            body.run();
                                        } catch (Throwable t) {
                                            failure.set(t);
                                        }
                                    });
        }

        void join() throws Exception {
            assertTrue(thread.join(LONG), () -> combination + ": it goes on; " + state());
            if (failure.get() != null) {
                throw new AssertionError(combination + ": " + state(), failure.get());
            }
        }
    }

    private String state() {
        try {
            return pipe.statistics().toString();
        } catch (IOException | RuntimeException e) {
            return e.toString();
        }
    }

    private void make(PipeSpec spec) throws IOException {
        pipe = combination.mapped ? Pipe.ordinary(spec) : HeapPipe.create(spec);
    }

    private void make() throws IOException {
        make(combination.spec());
    }

    private PipeSender sender() throws IOException {
        PipeSender sender =
                combination.sleeps ? pipe.sender() : pipe.sender(new YieldingIdleStrategy());
        ends.add(sender);
        return sender;
    }

    private PipeReceiver receiver() throws IOException {
        PipeReceiver receiver =
                combination.sleeps ? pipe.receiver() : pipe.receiver(new YieldingIdleStrategy());
        ends.add(receiver);
        return receiver;
    }

    /** A message with a number; of a pipe for one, as long as it holds. */
    private byte[] message(long number) {
        byte[] bytes =
                new byte[combination.capacity == Capacity.ONE ? pipe.maxMessageLength() : 24];
        MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, number);
        return bytes;
    }

    private static long number(byte[] message) {
        return MemorySegment.ofArray(message).get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
    }

    /** Sends where there is room, or by another thread that waits for a receiver. */
    private Task put(PipeSender sender, byte[] message) {
        if (combination.holds()) {
            assertTrue(sender.trySend(message), this::state);
            return new Task(() -> {});
        }
        return new Task(() -> sender.send(message));
    }

    /** Fills it; returns how many it took. */
    private int fill(PipeSender sender) {
        int count = 0;
        while (sender.trySend(message(count))) {
            count++;
        }
        return count;
    }

    private void pass(PipeSender sender, PipeReceiver receiver, byte[] message) throws Exception {
        Task task = put(sender, message);
        assertArrayEquals(message, receiver.receive(LONG));
        task.join();
    }

    @Test
    void eachMessageComesOnceAndInOrder() throws Exception {
        make();
        int each = combination.holds() ? 1000 : 100;
        List<Task> tasks = new ArrayList<>();
        List<List<Long>> received = new ArrayList<>();
        for (int i = 0; i < combination.receivers; i++) {
            PipeReceiver receiver = receiver();
            List<Long> numbers = new ArrayList<>();
            received.add(numbers);
            tasks.add(
                    new Task(
                            () -> {
                                byte[] message;
                                while ((message = receiver.receive()) != null) {
                                    numbers.add(number(message));
                                }
                            }));
        }
        List<PipeSender> senders = new ArrayList<>();
        for (int i = 0; i < combination.senders; i++) {
            senders.add(sender()); // All, before one of them ends the stream.
        }
        for (int i = 0; i < combination.senders; i++) {
            PipeSender sender = senders.get(i);
            long first = i * 1_000_000L;
            tasks.add(
                    new Task(
                            () -> {
                                for (int n = 0; n < each; n++) {
                                    sender.send(message(first + n));
                                }
                                sender.close();
                            }));
        }
        for (Task task : tasks) {
            task.join();
        }
        Set<Long> all = new TreeSet<>();
        for (List<Long> numbers : received) {
            long[] last = {-1, -1, -1};
            for (long number : numbers) {
                assertTrue(all.add(number), () -> number + " came twice");
                int sender = (int) (number / 1_000_000);
                assertTrue(last[sender] < number, () -> number + " came too late");
                last[sender] = number;
            }
        }
        assertEquals(combination.senders * each, all.size());
    }

    @Test
    void takesWhatItHoldsAndNoMore() throws Exception {
        make();
        PipeSender sender = sender();
        PipeReceiver receiver = receiver();
        for (int round = 0; round < 3; round++) {
            int held = fill(sender);
            assertEquals(held, pipe.statistics().messages());
            switch (combination.capacity) {
                case ZERO -> assertEquals(0, held);
                case ONE -> assertEquals(1, held);
                default -> assertTrue(held > 10, held + " fit");
            }
            for (int i = 0; i < held; i++) {
                assertEquals(i, number(receiver.tryReceive()));
            }
            assertNull(receiver.tryReceive());
            assertFalse(receiver.ended());
            assertEquals(0, pipe.statistics().messages());
        }
    }

    @Test
    void theShortestAndTheLongestMessagePass() throws Exception {
        make();
        PipeSender sender = sender();
        PipeReceiver receiver = receiver();
        byte[] longest = new byte[pipe.maxMessageLength()];
        longest[longest.length - 1] = 1;
        for (int i = 0; i < 5; i++) {
            pass(sender, receiver, new byte[0]);
            pass(sender, receiver, longest);
        }
        byte[] tooLong = new byte[longest.length + 1];
        assertThrows(IllegalArgumentException.class, () -> sender.trySend(tooLong));
    }

    @Test
    void aClaimIsSentWhenItIsCommittedAndNotWhenItIsAborted() throws Exception {
        make();
        PipeSender sender = sender();
        PipeReceiver receiver = receiver();
        for (int i = 0; i < 10; i++) {
            sender.claim(24).putLong(0, -1).abort();
            assertNull(receiver.tryReceive());
            Claim claim = sender.claim(24).putLong(0, i);
            assertThrows(IllegalStateException.class, () -> sender.trySend(message(1)));
            Task task = new Task(claim::commit);
            assertEquals(i, number(receiver.receive(LONG)));
            task.join();
        }
    }

    @Test
    void aTimeLimitLosesAndDoublesNothing() throws Exception {
        make();
        PipeSender sender = sender();
        PipeReceiver receiver = receiver();
        assertNull(receiver.receive(MOMENT));
        assertFalse(receiver.ended());
        int held = fill(sender);
        assertFalse(sender.send(message(held), Duration.ZERO));
        assertFalse(sender.send(message(held), MOMENT)); // Last: another try would take it back.
        for (int i = 0; i < held; i++) {
            assertEquals(i, number(receiver.receive(LONG)));
        }
        assertNull(receiver.receive(MOMENT));
        pass(sender, receiver, message(held));
    }

    @Test
    void anInterruptionLosesAndDoublesNothing() throws Exception {
        make();
        PipeSender sender = sender();
        PipeReceiver receiver = receiver();
        int held = fill(sender);
        Task sending =
                new Task(
                        () ->
                                assertThrows(
                                        InterruptedException.class,
                                        () -> sender.send(message(held))));
        sending.thread.interrupt();
        sending.join();
        for (int i = 0; i < held; i++) {
            assertEquals(i, number(receiver.tryReceive()));
        }
        Task receiving =
                new Task(() -> assertThrows(InterruptedException.class, () -> receiver.receive()));
        receiving.thread.interrupt();
        receiving.join();
        pass(sender, receiver, message(7));
    }

    @Test
    void endsWhenTheLastSenderHasClosedAndAllIsReceived() throws Exception {
        make();
        PipeReceiver receiver = receiver();
        List<PipeSender> senders = new ArrayList<>();
        for (int i = 0; i < combination.senders; i++) {
            senders.add(sender());
        }
        int sent = 0;
        for (PipeSender sender : senders) {
            if (combination.holds()) {
                assertTrue(sender.trySend(message(sent++)));
            }
            assertFalse(receiver.ended());
            sender.close();
        }
        for (int i = 0; i < sent; i++) {
            assertTrue(receiver.receive(LONG) != null);
        }
        assertNull(receiver.receive());
        assertTrue(receiver.ended());
        assertEquals(-1, receiver.receive((m, offset, length) -> {}, 1));
    }

    @Test
    void whoWaitsSeesTheEnd() throws Exception {
        make();
        PipeSender sender = sender();
        List<Task> waiting = new ArrayList<>();
        for (int i = 0; i < combination.receivers; i++) {
            PipeReceiver receiver = receiver();
            waiting.add(new Task(() -> assertNull(receiver.receive())));
        }
        sender.close();
        for (Task task : waiting) {
            task.join();
        }
    }

    @Test
    void breaksWhenTheLastReceiverHasClosed() throws Exception {
        make();
        PipeSender sender = sender();
        List<PipeReceiver> receivers = new ArrayList<>();
        for (int i = 0; i < combination.receivers; i++) {
            receivers.add(receiver());
        }
        int held = fill(sender);
        Task waiting =
                new Task(
                        () ->
                                assertThrows(
                                        BrokenChannelException.class,
                                        () -> sender.send(message(held))));
        receivers.forEach(PipeReceiver::close);
        waiting.join();
        assertThrows(BrokenChannelException.class, () -> sender.trySend(message(0)));
        assertThrows(BrokenChannelException.class, () -> sender.send(message(0), MOMENT));
        assertThrows(BrokenChannelException.class, () -> sender.tryClaim(8));
    }

    @Test
    void messagesWaitForTheNextReceiverIfThePipeIsKept() throws Exception {
        make(combination.spec().keptWithoutReceivers(true));
        PipeSender sender = sender();
        receiver().close();
        Task task = put(sender, message(5));
        PipeReceiver receiver = receiver();
        assertEquals(5, number(receiver.receive(LONG)));
        task.join();
    }

    @Test
    void messagesWaitForTheFirstReceiver() throws Exception {
        make();
        PipeSender sender = sender();
        Task task = put(sender, message(6));
        PipeReceiver receiver = receiver();
        assertEquals(6, number(receiver.receive(LONG)));
        task.join();
    }

    @Test
    void aLaterSenderGoesOn() throws Exception {
        make();
        PipeReceiver receiver = receiver();
        for (int i = 0; i < 5; i++) {
            PipeSender sender = sender();
            pass(sender, receiver, message(i));
            assertNull(receiver.tryReceive());
            sender.close();
            assertNull(receiver.receive());
            assertTrue(receiver.ended());
        }
    }

    @Test
    void aHandlerThatThrowsHasReceivedItsMessage() throws Exception {
        make();
        PipeSender sender = sender();
        PipeReceiver receiver = receiver();
        Task task = put(sender, message(1));
        IllegalStateException thrown =
                assertThrows(
                        IllegalStateException.class,
                        () ->
                                receiver.receive(
                                        (m, offset, length) -> {
                                            throw new IllegalStateException("handler");
                                        },
                                        1));
        assertEquals("handler", thrown.getMessage());
        task.join();
        pass(sender, receiver, message(2));
    }

    @Test
    void aPlaceThatIsTakenIsRefused() throws Exception {
        make();
        for (int i = 0; i < combination.senders; i++) {
            sender();
        }
        for (int i = 0; i < combination.receivers; i++) {
            receiver();
        }
        assertThrows(IllegalStateException.class, this::sender);
        assertThrows(IllegalStateException.class, this::receiver);
    }

    @Test
    void whoHasClosedDoesNothingMore() throws Exception {
        make();
        PipeSender sender = sender();
        PipeReceiver receiver = receiver();
        for (int i = 0; i < 2; i++) {
            sender.close();
            receiver.close();
        }
        assertThrows(IllegalStateException.class, () -> sender.trySend(message(1)));
        assertThrows(IllegalStateException.class, () -> receiver.tryReceive());
        assertEquals(
                List.of(false, false),
                pipe.statistics().participants().stream()
                        .map(PipeStatistics.Participant::alive)
                        .toList());
    }
}
