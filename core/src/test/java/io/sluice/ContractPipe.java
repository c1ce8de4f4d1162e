package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.pipe.PipeHandle;
import io.sluice.pipe.storage.HeapStorage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.YieldingIdleStrategy;

/** A pipe of one combination, its ends, and the threads that use them. */
final class ContractPipe {
    static final Duration LONG = Duration.ofSeconds(Proof.size(60, 300));

    private final Combination combination;
    private final Pipe pipe;
    private final HeapStorage heap;
    private final List<AutoCloseable> ends = new ArrayList<>();

    /** Kept reachable: the cleaner would close a dead end's slot, now its successor's. */
    private final List<AutoCloseable> dead = new ArrayList<>();

    ContractPipe(Combination combination, PipeSpec spec) throws IOException {
        this.combination = combination;
        this.heap = combination.mapped() ? null : new HeapStorage(spec.parameters().layout());
        this.pipe = combination.mapped() ? Pipe.anonymous(spec) : new Pipe(new PipeHandle(heap));
    }

    interface TaskBody {
        void run() throws Exception;
    }

    /** Work on another thread. */
    final class BackgroundTask {
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final Thread thread;

        private BackgroundTask(TaskBody taskBody) {
            thread =
                    Thread.ofPlatform()
                            .daemon()
                            .start(
                                    () -> {
                                        try {
                                            taskBody.run();
                                        } catch (Throwable t) {
                                            failure.set(t);
                                        }
                                    });
        }

        void interrupt() {
            thread.interrupt();
        }

        /** Blocks until the thread has been seen waiting in its end. */
        void awaitWaiting() {
            long start = System.nanoTime();
            while (!isWaiting()) {
                assertTrue(thread.isAlive(), () -> "it has ended; " + failure + "; " + state());
                assertTrue(System.nanoTime() - start < LONG.toNanos(), () -> "late; " + state());
                Thread.yield();
            }
        }

        private boolean isWaiting() {
            for (StackTraceElement frame : thread.getStackTrace()) {
                String type = frame.getClassName();
                if (type.startsWith("io.sluice.wait.") && frame.getMethodName().equals("pause")) {
                    return true;
                }
            }
            return false;
        }

        Thread thread() {
            return thread;
        }

        void join() throws Exception {
            assertTrue(thread.join(LONG), () -> "it goes on; " + state());
            if (failure.get() != null) {
                throw new AssertionError(state(), failure.get());
            }
        }
    }

    BackgroundTask start(TaskBody taskBody) {
        return new BackgroundTask(taskBody);
    }

    /** Returns the state of the pipe, for failure messages. */
    String state() {
        try {
            return combination + ": " + pipe.statistics();
        } catch (IOException | RuntimeException e) {
            return combination + ": " + e;
        }
    }

    PipeStatistics statistics() throws IOException {
        return pipe.statistics();
    }

    /** Checks how many messages are stored; those of a broadcast are not counted. */
    void assertStored(long messages) throws IOException {
        assertEquals(combination.isBroadcast() ? 0 : messages, pipe.statistics().messages());
    }

    int maxMessageLength() {
        return pipe.maxMessageLength();
    }

    PipeSender sender() throws IOException {
        PipeSender sender =
                combination.sleeps() ? pipe.sender() : pipe.sender(new YieldingIdleStrategy());
        ends.add(sender);
        return sender;
    }

    /** Opens all senders at once, since the last one to close ends the stream. */
    List<PipeSender> senders() throws IOException {
        List<PipeSender> senders = new ArrayList<>();
        for (int i = 0; i < combination.senders(); i++) {
            senders.add(sender());
        }
        return senders;
    }

    PipeReceiver receiver() throws IOException {
        PipeReceiver receiver =
                combination.sleeps() ? pipe.receiver() : pipe.receiver(new YieldingIdleStrategy());
        ends.add(receiver);
        return receiver;
    }

    List<PipeReceiver> receivers() throws IOException {
        List<PipeReceiver> receivers = new ArrayList<>();
        for (int i = 0; i < combination.receivers(); i++) {
            receivers.add(receiver());
        }
        return receivers;
    }

    /** Simulates the death of a participant's process; its end is not used again. Heap only. */
    void kill(int participant, AutoCloseable end) {
        ends.remove(end);
        dead.add(end);
        heap.kill(participant);
    }

    /** Returns a message whose length and content depend on a number. */
    byte[] message(long number) {
        boolean fills = combination.capacity() == Combination.PipeCapacity.ONE;
        byte[] bytes = new byte[fills ? maxMessageLength() : 24 + (int) (number % 40)];
        for (int i = Long.BYTES; i < bytes.length; i++) {
            bytes[i] = (byte) (number * 31 + i);
        }
        MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, number);
        return bytes;
    }

    /** Returns the number of a message and checks its content. */
    long number(byte[] message) {
        long number = MemorySegment.ofArray(message).get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        assertArrayEquals(message(number), message);
        return number;
    }

    /** Sends at once if the pipe can buffer, otherwise on a thread that waits for a receiver. */
    BackgroundTask put(PipeSender sender, byte[] message) {
        if (combination.holds()) {
            assertTrue(sender.trySend(message), this::state);
            return start(() -> {});
        }
        return start(() -> sender.send(message));
    }

    /** Sends numbers from 0 until the pipe is full; returns how many it accepted. */
    int fill(PipeSender sender) {
        int count = 0;
        while (sender.trySend(message(count))) {
            count++;
        }
        return count;
    }

    void pass(PipeSender sender, PipeReceiver receiver, byte[] message) throws Exception {
        BackgroundTask backgroundTask = put(sender, message);
        assertArrayEquals(message, receiver.receive(LONG));
        backgroundTask.join();
    }

    void close() throws Exception {
        for (AutoCloseable end : ends) {
            end.close();
        }
    }
}
