package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.PipeStatistics.Participant;
import io.sluice.linux.SyscallCounts;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An end that waits is woken, and does not resume only when its park times out: timeouts hide a
 * lost wake-up, so the wake-ups are counted. A park may time out at the moment at which the end
 * would have been woken, so a few may be missing.
 */
@CountsSyscalls
@Timeout(120)
class WakeUpTest {
    private static final int ROUNDS = 24;
    private static final int ENOUGH = ROUNDS * 3 / 4;
    private static final long DEADLINE_SECONDS = 30;
    private static final String FUTEX_WAIT = "202 "; // Followed by address and operation.

    @TempDir Path directory;
    private final List<FutureTask<?>> tasks = new ArrayList<>();
    private final Semaphore received = new Semaphore(0);
    private Pipe pipe;

    private interface Body {
        void run() throws Exception;
    }

    private void start(String name, Body body) {
        FutureTask<Void> task =
                new FutureTask<>(
                        () -> {
                            body.run();
                            return null;
                        });
        tasks.add(task);
        Thread.ofPlatform().daemon().name(name).start(task);
    }

    @AfterEach
    void join() throws Exception {
        for (FutureTask<?> task : tasks) {
            task.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Starts a receiver that receives to the end, message by message. */
    private void startReceiver(int number, MessageHandler handler) throws IOException {
        startReceiver(number, pipe.receiver(), handler, 1);
    }

    private void startReceiver(
            int number, PipeReceiver receiver, MessageHandler handler, int limit) {
        start(
                "receiver-" + number,
                () -> {
                    try (receiver) {
                        int count;
                        while ((count = receiver.receive(handler, limit)) > 0) {
                            received.release(count);
                        }
                    }
                });
    }

    private List<PipeSender> openSenders(int senders) throws IOException {
        List<PipeSender> open = new ArrayList<>();
        for (int i = 0; i < senders; i++) {
            open.add(pipe.sender());
        }
        return open;
    }

    private void startReceivers(int receivers) throws IOException {
        for (int i = 0; i < receivers; i++) {
            startReceiver(i, (memory, offset, length) -> {});
        }
    }

    private void untilAllWaiting(int receivers) throws IOException {
        for (int i = 0; i < receivers; i++) {
            untilWaiting("receiver-" + i);
        }
    }

    /** Waits until a thread waits on a futex that processes share, that of a futex event. */
    private void untilWaiting(String name) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        String seen;
        do {
            seen = systemCall(name);
            if (System.nanoTime() > end) {
                throw new AssertionError(name + " is not asleep: " + seen + " " + statistics());
            }
            Thread.onSpinWait();
        } while (!seen.startsWith(FUTEX_WAIT) || (operation(seen) & 128) != 0);
    }

    /** Polls a message of a sender that sleeps, maybe in the wait from which it was just woken. */
    private void pollWhileAsleep(String sender, PipeReceiver receiver) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        do {
            untilWaiting(sender);
            assertTrue(System.nanoTime() < end, () -> "no message, " + statistics());
        } while (receiver.poll((memory, offset, length) -> {}, 1) == 0);
    }

    private static int operation(String call) {
        return Integer.decode(call.split(" ")[2]);
    }

    private static String systemCall(String name) throws IOException {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                try {
                    if (Files.readString(thread.resolve("comm")).trim().equals(name)) {
                        return Files.readString(thread.resolve("syscall"));
                    }
                } catch (NoSuchFileException e) {
                    // The thread has just ended.
                }
            }
        }
        return "no such thread";
    }

    private void await(int messages) throws InterruptedException, IOException {
        assertTrue(
                received.tryAcquire(messages, DEADLINE_SECONDS, TimeUnit.SECONDS),
                () -> "still " + received.availablePermits() + " of " + messages + statistics());
    }

    private PipeStatistics statistics() {
        try {
            return pipe.statistics();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private long wakes(boolean senders) {
        return statistics().participants().stream()
                .filter(p -> p.sender() == senders)
                .mapToLong(Participant::wakeups)
                .sum();
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,1", "1,2", "3,2"})
    void aMessageWakesAWaitingReceiver(int senders, int receivers) throws Exception {
        PipeSpec spec = PipeSpec.bounded(4096).senders(senders).receivers(receivers);
        pipe = Pipe.create(directory.resolve("pipe"), spec);
        List<PipeSender> open = openSenders(senders);
        startReceivers(receivers);
        for (int round = 0; round < ROUNDS; round++) {
            untilAllWaiting(receivers);
            open.get(round % senders).send(new byte[8]);
            await(1);
        }
        long wakes = wakes(false);
        open.forEach(PipeSender::close);
        assertTrue(wakes >= ENOUGH, () -> wakes + " of " + ROUNDS);
    }

    static List<Arguments> receiversThatBackOff() {
        PipeSpec bounded = PipeSpec.bounded(4096).senders(1);
        List<Arguments> all = new ArrayList<>();
        for (EndOptions options : List.of(EndOptions.defaults(), EndOptions.throughput())) {
            all.add(Arguments.of(bounded, 1, 1, options));
            all.add(Arguments.of(bounded.receivers(2), 2, 1, options));
            all.add(Arguments.of(PipeSpec.broadcast(4096), 2, 2, options));
            all.add(Arguments.of(PipeSpec.broadcast(4096), 2, 2, options.lossy()));
        }
        return all;
    }

    /** A receiver that has emptied a batch backs off, and sleeps then: it misses no message. */
    @ParameterizedTest
    @MethodSource("receiversThatBackOff")
    void aBatchWakesAReceiverThatHasBackedOff(
            PipeSpec spec, int receivers, int copies, EndOptions options) throws Exception {
        pipe = Pipe.create(directory.resolve("pipe"), spec);
        PipeSender sender = pipe.sender();
        for (int i = 0; i < receivers; i++) {
            startReceiver(i, pipe.receiver(options), (memory, offset, length) -> {}, 100);
        }
        for (int round = 0; round < ROUNDS; round++) {
            untilAllWaiting(receivers);
            Batch batch = sender.batch(3 * 16);
            for (int i = 0; i < 3; i++) {
                batch.add(new byte[8]);
            }
            batch.commit();
            await(3 * copies);
        }
        long wakes = wakes(false);
        sender.close();
        assertTrue(wakes >= ENOUGH * copies, () -> wakes + " of " + ROUNDS * copies);
    }

    /** The waker fences: to interrupt every processor for each park would be expensive. */
    @ParameterizedTest
    @CsvSource({"1,1", "3,1", "1,2", "3,2"})
    void aReceiverThatIsWokenRepeatedlyDoesNotFence(int senders, int receivers) throws Exception {
        PipeSpec spec = PipeSpec.bounded(4096).senders(senders).receivers(receivers);
        pipe = Pipe.create(directory.resolve("pipe"), spec);
        List<PipeSender> open = openSenders(senders);
        startReceivers(receivers);
        long begun = 0;
        for (int round = 0; round < ROUNDS; round++) {
            untilAllWaiting(receivers);
            if (round == senders) { // In each lane a notification has been requested.
                begun = fences();
            }
            open.get(round % senders).send(new byte[8]);
            await(1);
        }
        untilAllWaiting(receivers);
        assertEquals(begun, fences());
        open.forEach(PipeSender::close);
    }

    private static long fences() {
        return SyscallCounts.snapshot().getOrDefault("membarrier", 0L);
    }

    /** Each receipt swaps a word, which is already a fence. */
    @ParameterizedTest
    @CsvSource({"1", "2"})
    void aRendezvousSenderDoesNotFence(int receivers) throws Exception {
        pipe =
                Pipe.create(
                        directory.resolve("pipe"),
                        PipeSpec.rendezvous().senders(1).receivers(receivers));
        try (PipeReceiver receiver = pipe.receiver()) {
            PipeSender sender = pipe.sender();
            long before = fences();
            start(
                    "sender",
                    () -> {
                        for (int i = 0; i < ROUNDS; i++) {
                            sender.send(new byte[8]);
                        }
                    });
            for (int round = 0; round < ROUNDS; round++) {
                pollWhileAsleep("sender", receiver);
            }
            assertEquals(before, fences());
            long wakes = wakes(true);
            sender.close(); // Closing fences.
            assertEquals(-1, receiver.receive((memory, offset, length) -> {}, 1));
            assertTrue(wakes >= ENOUGH, () -> wakes + " of " + ROUNDS);
        }
    }

    /** Each message wakes another receiver: the second does not wait for the first's receiver. */
    @Test
    void twoMessagesWakeTwoReceivers() throws Exception {
        pipe =
                Pipe.create(
                        directory.resolve("pipe"), PipeSpec.bounded(4096).senders(1).receivers(2));
        CyclicBarrier both = new CyclicBarrier(2);
        PipeSender sender = pipe.sender();
        for (int i = 0; i < 2; i++) {
            startReceiver(
                    i,
                    (memory, offset, length) -> {
                        try {
                            both.await(DEADLINE_SECONDS, TimeUnit.SECONDS);
                        } catch (InterruptedException
                                | BrokenBarrierException
                                | TimeoutException e) {
                            throw new AssertionError(e);
                        }
                    });
        }
        for (int round = 0; round < ROUNDS; round++) {
            untilWaiting("receiver-0");
            untilWaiting("receiver-1");
            sender.send(new byte[8]);
            sender.send(new byte[8]);
            await(2);
        }
        long wakes = wakes(false);
        sender.close();
        assertTrue(wakes >= 2 * ENOUGH, () -> wakes + " of " + 2 * ROUNDS);
    }

    /** Whatever <em>notify mode</em> the lane's previous sender left. */
    @Test
    void theFirstMessageOfANewSenderWakesAWaitingReceiver() throws Exception {
        pipe = Pipe.create(directory.resolve("pipe"), PipeSpec.bounded(4096).senders(2));
        PipeSender other = pipe.sender();
        startReceiver(0, (memory, offset, length) -> {});
        int woken = 0;
        for (int round = 0; round < ROUNDS; round++) {
            try (PipeSender sender = pipe.sender()) {
                untilWaiting("receiver-0");
                long before = wakes(false);
                sender.send(new byte[8]);
                await(1);
                woken += wakes(false) > before ? 1 : 0;
            }
        }
        other.close();
        int count = woken;
        assertTrue(count >= ENOUGH, () -> count + " of " + ROUNDS);
    }

    /** Also a sender whose lane no receiver has looked at. */
    @ParameterizedTest
    @CsvSource({"1", "2"})
    void theLastReceiverThatLeavesWakesEachSender(int receivers) throws Exception {
        PipeSpec spec = PipeSpec.bounded(4096).senders(2).receivers(receivers);
        int woken = 0;
        for (int round = 0; round < ROUNDS; round++) {
            pipe = Pipe.create(directory.resolve("pipe-" + round), spec);
            try (PipeSender sender = pipe.sender()) {
                PipeReceiver receiver = pipe.receiver();
                start(
                        "sender",
                        () ->
                                assertThrows(
                                        BrokenChannelException.class,
                                        () -> {
                                            while (true) {
                                                sender.send(new byte[3000]);
                                            }
                                        }));
                untilWaiting("sender");
                receiver.close();
                tasks.getLast().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
                woken += wakes(true) > 0 ? 1 : 0;
            }
        }
        int count = woken;
        assertTrue(count >= ENOUGH, () -> count + " of " + ROUNDS);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "1,2", "2,2"})
    void roomWakesAWaitingSender(int senders, int receivers) throws Exception {
        PipeSpec spec = PipeSpec.bounded(4096).senders(senders).receivers(receivers);
        pipe = Pipe.create(directory.resolve("pipe"), spec);
        try (PipeReceiver receiver = pipe.receiver()) {
            PipeSender sender = pipe.sender();
            start(
                    "sender",
                    () -> {
                        try (sender) {
                            for (int i = 0; i < ROUNDS; i++) {
                                sender.send(new byte[3000]);
                            }
                        }
                    });
            for (int round = 0; round < ROUNDS - 1; round++) {
                pollWhileAsleep("sender", receiver);
            }
            assertEquals(1, receiver.receive((memory, offset, length) -> {}, 1));
            assertEquals(-1, receiver.receive((memory, offset, length) -> {}, 1));
            long wakes = wakes(true);
            assertTrue(wakes >= ENOUGH, () -> wakes + " of " + ROUNDS);
        }
    }

    /** In a pipe that grows the sender waits at its quota, for a ring that it cannot use yet. */
    @ParameterizedTest
    @CsvSource({"1, false", "2, false", "2, true"})
    void anAcknowledgementWakesAWaitingSender(int receivers, boolean grows) throws Exception {
        PipeSpec spec =
                grows ? PipeSpec.unbounded(2 * (4096 + 8192), 4096) : PipeSpec.bounded(4096);
        pipe = Pipe.create(directory.resolve("pipe"), spec.senders(1).receivers(receivers));
        int messages = grows ? 2 : 1; // As many fill it.
        try (PipeReceiver receiver = pipe.receiver()) {
            PipeSender sender = pipe.sender();
            start(
                    "sender",
                    () -> {
                        try (sender) {
                            for (int i = 0; i < messages * ROUNDS; i++) {
                                sender.send(new byte[4000]);
                            }
                        }
                    });
            long[] tags = new long[messages];
            int[] kept = new int[1];
            for (int round = 0; round < ROUNDS - 1; round++) {
                untilWaiting("sender");
                kept[0] = 0;
                UnacknowledgedMessageHandler handler =
                        (tag, memory, offset, length) -> tags[kept[0]++] = tag;
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
                while (kept[0] < messages) { // It may be the wait from which it was just woken.
                    receiver.pollUnacknowledged(handler, messages);
                    assertTrue(System.nanoTime() < end, () -> kept[0] + " " + statistics());
                }
                for (long tag : tags) {
                    receiver.acknowledge(tag);
                }
            }
            while (receiver.receive((memory, offset, length) -> {}, 1) > 0) {}
            long wakes = wakes(true);
            assertTrue(wakes >= ENOUGH, () -> wakes + " of " + ROUNDS);
        }
    }

    /** What comes again to a single receiver is handed out one by one. */
    @Test
    void anAcknowledgementWakesAReceiverOfWhatComesAgain() throws Exception {
        PipeSpec spec = PipeSpec.bounded(4096).senders(1).receivers(1);
        pipe = Pipe.create(directory.resolve("pipe"), spec.retainWithoutReceivers(true));
        try (PipeSender sender = pipe.sender()) {
            for (int i = 0; i < ROUNDS; i++) {
                sender.send(new byte[8]);
            }
            try (PipeReceiver first = pipe.receiver()) {
                assertEquals(
                        ROUNDS, first.pollUnacknowledged((tag, m, offset, length) -> {}, ROUNDS));
            }
            PipeReceiver receiver = pipe.receiver();
            long[] next = new long[1];
            start(
                    "receiver-0",
                    () -> {
                        UnacknowledgedMessageHandler handler =
                                (tag, memory, offset, length) -> {
                                    next[0] = tag;
                                    received.release();
                                };
                        while (receiver.receiveUnacknowledged(handler, 10) > 0) {}
                    });
            for (int round = 0; round < ROUNDS; round++) {
                await(1);
                untilWaiting("receiver-0");
                receiver.acknowledge(next[0]);
            }
            long wakes = wakes(false);
            sender.close();
            join();
            receiver.close();
            assertTrue(wakes >= ENOUGH, () -> wakes + " of " + ROUNDS);
        }
    }
}
