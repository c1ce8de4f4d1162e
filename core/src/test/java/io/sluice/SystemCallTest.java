package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.linux.SyscallCounts;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Messages flow without system calls. An end that waits queries the kernel whether the other end is
 * alive, at most once in a millisecond; so between threads that the scheduler may stop, the elapsed
 * time bounds the number of calls, not the number of messages.
 */
@CountsSyscalls
@Timeout(120)
class SystemCallTest {
    private static final IdleStrategy SPIN = BusySpinIdleStrategy.INSTANCE;
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int MESSAGE = 32;

    @TempDir Path directory;

    /**
     * Returns all calls since then, except those of the collector, which unmaps unreachable memory.
     */
    private static Map<String, Long> since(Map<String, Long> before) {
        Map<String, Long> calls = new TreeMap<>(SyscallCounts.snapshot());
        before.forEach((name, count) -> calls.merge(name, -count, Long::sum));
        calls.remove("munmap");
        calls.values().removeIf(count -> count == 0);
        return calls;
    }

    private Pipe pipe(String name) throws Exception {
        return Pipe.create(directory.resolve(name), PipeSpec.bounded().senders(1));
    }

    @Test
    void aMillionMessagesWithoutWaitersMakeNoSystemCall() throws Exception {
        Pipe pipe = pipe("pipe");
        try (PipeSender sender = pipe.sender(SPIN);
                PipeReceiver receiver = pipe.receiver(SPIN)) {
            byte[] message = new byte[MESSAGE];
            int received = 0;
            Map<String, Long> before = SyscallCounts.snapshot();
            while (received < 1_000_000) {
                sender.trySend(message);
                sender.tryClaim(MESSAGE).putLong(0, received).commit();
                Batch batch = sender.tryBatch(256);
                batch.add(message);
                batch.add(message);
                batch.commit();
                sender.tryAppend(message, 0, MESSAGE);
                sender.flush();
                received += receiver.poll((memory, offset, length) -> {}, 10);
            }
            assertEquals(Map.of(), since(before));
        }
    }

    /** Each form, short and long, on each kind of lane. */
    @Test
    void noFormOfSendMakesASystemCall() throws Exception {
        for (PipeSpec spec :
                List.of(
                        PipeSpec.bounded().senders(1),
                        PipeSpec.bounded().senders(1).receivers(2),
                        PipeSpec.unbounded(1 << 20).senders(1),
                        PipeSpec.unbounded(1 << 20).senders(1).receivers(2))) {
            try (Pipe pipe = Pipe.anonymous(spec);
                    PipeSender sender = pipe.sender(SPIN);
                    PipeReceiver receiver = pipe.receiver(SPIN)) {
                for (int length : new int[] {0, 8, MESSAGE, 33, 300}) {
                    byte[] array = new byte[length];
                    MemorySegment segment = MemorySegment.ofArray(array);
                    ByteBuffer wrapped = ByteBuffer.wrap(array);
                    ByteBuffer direct = ByteBuffer.allocateDirect(length);
                    Map<String, Long> before = SyscallCounts.snapshot();
                    for (int i = 0; i < 1_000; i++) {
                        assertTrue(sender.trySend(array));
                        assertTrue(sender.trySend(segment, 0, length));
                        assertTrue(sender.trySend(wrapped.clear()));
                        assertTrue(sender.trySend(direct.clear()));
                        assertTrue(sender.tryClaim(length).tryCommit());
                        sender.send(array);
                        assertEquals(6, receiver.poll((memory, offset, n) -> {}, 10));
                    }
                    assertEquals(Map.of(), since(before), spec + ", " + length + " bytes");
                }
            }
        }
    }

    @Test
    void acknowledgingMakesNoSystemCall() throws Exception {
        for (PipeSpec spec :
                List.of(
                        PipeSpec.bounded().senders(1),
                        PipeSpec.bounded().senders(1).receivers(2),
                        PipeSpec.unbounded(1 << 20).senders(1).receivers(2))) {
            try (Pipe pipe = Pipe.anonymous(spec);
                    PipeSender sender = pipe.sender(SPIN);
                    PipeReceiver receiver = pipe.receiver(SPIN)) {
                byte[] message = new byte[MESSAGE];
                long[] tags = new long[10];
                int[] next = {0};
                UnacknowledgedMessageHandler handler =
                        (tag, memory, offset, length) -> tags[next[0]++] = tag;
                Map<String, Long> before = SyscallCounts.snapshot();
                for (int i = 0; i < 10_000; i++) {
                    for (int k = 0; k < tags.length; k++) {
                        assertTrue(sender.trySend(message));
                    }
                    next[0] = 0;
                    assertEquals(tags.length, receiver.pollUnacknowledged(handler, 10));
                    for (int k = 0; k < tags.length; k++) {
                        receiver.acknowledge(tags[k * 3 % 10]);
                    }
                }
                assertEquals(Map.of(), since(before), spec::toString);
            }
        }
    }

    /** Runs two threads to their end; each makes at most one call per millisecond. */
    private static void between(String what, Body first, Body second) throws Exception {
        Throwable[] failure = new Throwable[1];
        Map<String, Long> before = SyscallCounts.snapshot();
        long start = System.nanoTime();
        Thread thread =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        second.run();
                                    } catch (Throwable t) {
                                        failure[0] = t;
                                    }
                                });
        first.run();
        assertTrue(thread.join(DEADLINE), () -> what + ": " + thread + " goes on");
        long millis = (System.nanoTime() - start) / 1_000_000 + 1;
        Map<String, Long> calls = since(before);
        System.out.println(what + ": system calls " + calls + " in " + millis + " ms");
        if (failure[0] != null) {
            throw new AssertionError(what, failure[0]);
        }
        long questions = calls.getOrDefault("fcntl", 0L);
        calls.remove("fcntl");
        assertEquals(Map.of(), calls, "nothing but the question whether the other end lives");
        assertTrue(questions <= 2 * millis, () -> questions + " in " + millis + " ms");
    }

    /**
     * Ends that may block do so when they have nothing to do, not while messages flow. How often
     * that is depends on the scheduler; so the calls are counted for each time that an end found no
     * message, or no room.
     */
    @Test
    void aStreamBetweenEndsThatMaySleepMakesCallsOnlyToSleep() throws Exception {
        Pipe pipe = pipe("pipe");
        byte[] message = new byte[MESSAGE];
        MessageHandler ignore = (memory, offset, length) -> {};
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            Map<String, Long> before = SyscallCounts.snapshot();
            for (int i = 0; i < 100_000; i++) {
                sender.send(message);
                assertEquals(1, receiver.receive(ignore, 1));
            }
            assertEquals(Map.of(), since(before), "there was always a message");
            int[] full = new int[1];
            long start = System.nanoTime();
            Thread thread =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            for (int i = 0; i < 1_000_000; i++) {
                                                if (!sender.trySend(message)) {
                                                    full[0]++;
                                                    sender.send(message);
                                                }
                                            }
                                        } catch (InterruptedException e) {
                                            throw new AssertionError(e);
                                        }
                                    });
            int empty = 0;
            for (int i = 0; i < 1_000_000; ) {
                int n = receiver.poll(ignore, 64);
                if (n == 0) {
                    empty++;
                    n = receiver.receive(ignore, 64, DEADLINE);
                    assertTrue(n > 0, receiver::toString);
                }
                i += n;
            }
            assertTrue(thread.join(DEADLINE), () -> thread + " goes on");
            long millis = (System.nanoTime() - start) / 1_000_000 + 1;
            long calls = since(before).values().stream().mapToLong(n -> n).sum();
            String counted =
                    "%s; %d times empty, %d times full, in %d ms"
                            .formatted(since(before), empty, full[0], millis);
            System.out.println("stream that may sleep: system calls " + counted);
            // A fence, a wait, and a wake-up; and an end that waits long asks who lives.
            assertTrue(calls <= 3L * (empty + full[0]) + 2 * millis, counted);
        }
    }

    static Stream<PipeSpec> manyLanes() {
        PipeSpec many = PipeSpec.bounded(4096).senders(8);
        return Stream.of(
                many,
                many.receivers(2),
                many.order(Order.ARRIVAL),
                PipeSpec.broadcast(4096).senders(8),
                PipeSpec.unbounded(1 << 16, 4096).senders(8),
                PipeSpec.unbounded(1 << 16, 4096).senders(8).receivers(2));
    }

    private static void pass(PipeSender sender, PipeReceiver receiver) {
        assertTrue(sender.trySend(new byte[MESSAGE]), sender::toString);
        int polls = 0;
        while (receiver.poll((memory, offset, length) -> {}, 2) == 0) {
            assertTrue(polls++ < 2, receiver::toString);
        }
    }

    /** Many lanes: some are idle for long, and some of these have streamed before. */
    @ParameterizedTest
    @MethodSource("manyLanes")
    void manyLanesMakeNoCallWhileMessagesFlow(PipeSpec spec) throws Exception {
        Pipe pipe = Pipe.create(directory.resolve("pipe"), spec);
        PipeSender[] senders = new PipeSender[8];
        try (PipeReceiver receiver = pipe.receiver(SPIN)) {
            for (int i = 0; i < senders.length; i++) {
                senders[i] = pipe.sender(SPIN);
            }
            for (int i = 0; i < 8 * 200; i++) {
                pass(senders[i / 200], receiver); // Its notify mode is no longer ALWAYS.
            }
            Map<String, Long> before = SyscallCounts.snapshot();
            for (int round = 0; round < 4; round++) {
                for (int i = 0; i < 8; i++) {
                    for (int n = i == 0 ? 3_000 : 1; n > 0; n--) {
                        pass(senders[i], receiver);
                    }
                }
            }
            assertEquals(Map.of(), since(before));
            for (PipeSender sender : senders) {
                sender.close();
            }
        }
    }

    /** An idle end queries one of the other ends per millisecond, however many there are. */
    @Test
    void anIdleEndAsksForOneOfManyInAMillisecond() throws Exception {
        PipeSpec spec = PipeSpec.bounded(4096).senders(20).receivers(2);
        Pipe pipe = Pipe.create(directory.resolve("many"), spec);
        PipeSender[] senders = new PipeSender[20];
        try (PipeReceiver spins = pipe.receiver(SPIN);
                PipeReceiver sleeps = pipe.receiver()) {
            for (int i = 0; i < senders.length; i++) {
                senders[i] = pipe.sender();
            }
            assertAsksForOneInAMillisecond(1_000, () -> spins.poll((m, offset, length) -> {}, 1));
            assertAsksForOneInAMillisecond(1, () -> sleeps.receive(Duration.ofMillis(20)));
            for (PipeSender sender : senders) {
                sender.close();
            }
            assertAsksForOneInAMillisecond(1_000, () -> spins.poll((m, offset, length) -> {}, 1));
            assertTrue(spins.isEndOfStream());
        }
    }

    /** A select that need not wait makes no call, but for what its idle pipes ask. */
    @Test
    void aSelectMakesNoCallWhileMessagesFlow() throws Exception {
        try (Pipe pipe = pipe("busy");
                Pipe other = pipe("idle");
                PipeSender sender = pipe.sender();
                PipeSender silent = other.sender();
                PipeReceiver receiver = pipe.receiver();
                PipeReceiver idle = other.receiver()) {
            Select select =
                    Select.builder()
                            .receive(idle, (memory, offset, length) -> {})
                            .receive(receiver, (memory, offset, length) -> {})
                            .build();
            byte[] message = new byte[MESSAGE];
            long start = System.nanoTime();
            Map<String, Long> before = SyscallCounts.snapshot();
            for (int i = 0; i < 100_000; i++) {
                assertTrue(sender.trySend(message), sender::toString);
                assertEquals(1, select.select());
            }
            Map<String, Long> calls = since(before);
            long asked = calls.getOrDefault("fcntl", 0L);
            calls.remove("fcntl");
            long millis = (System.nanoTime() - start) / 1_000_000;
            assertEquals(Map.of(), calls);
            assertTrue(asked <= millis + 1, () -> asked + " in " + millis + " ms");
            assertTrue(silent.trySend(message));
        }
    }

    private static void assertAsksForOneInAMillisecond(int times, Body idle) throws Exception {
        long start = System.nanoTime();
        idle.run(); // Not counted: a query may be due.
        Map<String, Long> before = SyscallCounts.snapshot();
        long millis = 0;
        for (int i = 0; i < times || millis < 20; i++) {
            idle.run();
            millis = (System.nanoTime() - start) / 1_000_000;
        }
        Map<String, Long> calls = since(before);
        long asked = calls.getOrDefault("fcntl", 0L);
        long limit = millis + 1;
        assertTrue(asked > 0 && asked <= limit, () -> calls + " in " + limit + " ms");
    }

    private interface Body {
        void run() throws Exception;
    }

    @Test
    void aStreamOfAMillionMessagesMakesNoCallForAMessage() throws Exception {
        Pipe pipe = pipe("pipe");
        try (PipeSender sender = pipe.sender(SPIN);
                PipeReceiver receiver = pipe.receiver(SPIN)) {
            byte[] message = new byte[MESSAGE];
            between(
                    "stream of 1000000 messages",
                    () -> {
                        for (int i = 0; i < 1_000_000; i++) {
                            assertTrue(sender.send(message, DEADLINE), sender::toString);
                        }
                    },
                    () -> {
                        for (int i = 0; i < 1_000_000; ) {
                            int n = receiver.receive((m, offset, length) -> {}, 64, DEADLINE);
                            assertTrue(n > 0, receiver::toString);
                            i += n;
                        }
                    });
        }
    }

    @Test
    void aHundredThousandRoundTripsMakeNoCallForAMessage() throws Exception {
        Pipe there = pipe("there");
        Pipe back = pipe("back");
        try (PipeSender ask = there.sender(SPIN);
                PipeReceiver asked = there.receiver(SPIN);
                PipeSender answer = back.sender(SPIN);
                PipeReceiver answered = back.receiver(SPIN)) {
            byte[] message = new byte[MESSAGE];
            MessageHandler ignore = (memory, offset, length) -> {};
            between(
                    "100000 round trips",
                    () -> {
                        for (int i = 0; i < 100_000; i++) {
                            assertTrue(ask.trySend(message), ask::toString);
                            assertEquals(1, answered.receive(ignore, 1, DEADLINE));
                        }
                    },
                    () -> {
                        for (int i = 0; i < 100_000; i++) {
                            assertEquals(1, asked.receive(ignore, 1, DEADLINE));
                            assertTrue(answer.trySend(message), answer::toString);
                        }
                    });
        }
    }
}
