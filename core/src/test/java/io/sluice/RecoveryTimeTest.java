package io.sluice;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The time from a receiver's death until another receiver gets the message that the dead one had
 * taken. The time is only printed; the test asserts that the message arrives once more, and marked.
 *
 * <p>The property {@code sluice.deaths} is the number of deaths.
 */
class RecoveryTimeTest {
    private static final int DEATHS = Proof.size("sluice.deaths", 4, 20);
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @TempDir Path directory;

    /** A receiver that takes one message and never finishes it. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws Exception {
            try (PipeReceiver receiver = Pipe.open(Path.of(arguments[0])).receiver()) {
                receiver.receive(
                        (memory, offset, length) -> {
                            System.out.println("taken");
                            LockSupport.park();
                        },
                        1);
            }
        }
    }

    private record Delivered(long nanoTime, int attempt, long number) {}

    @Test
    void anotherReceiverIsHandedWhatADeadOneHadTaken() throws Exception {
        SplittableRandom random = new SplittableRandom(1);
        long[] micros = new long[DEATHS];
        Pipe pipe =
                Pipe.create(
                        directory.resolve("pipe"), PipeSpec.bounded(4096).senders(1).receivers(2));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            for (int i = 0; i < DEATHS; i++) {
                try (ChildJvm holder = ChildJvm.start(Holder.class, pipe.path())) {
                    sender.send(new byte[] {(byte) i});
                    holder.expectLine("taken");
                    CompletableFuture<Delivered> delivered = receiveOne(receiver);
                    // Waits for no state: the death comes at any point of the other one's parks.
                    LockSupport.parkNanos(random.nextLong(TimeUnit.MILLISECONDS.toNanos(100)));
                    long killed = System.nanoTime();
                    holder.signal("KILL");
                    Delivered message = delivered.get(DEADLINE.toSeconds() + 1, TimeUnit.SECONDS);
                    micros[i] = (message.nanoTime - killed) / 1_000;
                    assertEquals((byte) i, message.number);
                    assertEquals(1, message.attempt);
                }
            }
            assertEquals(0, receiver.poll((memory, offset, length) -> {}, 1));
        }
        Proof.RECOVERIES.add(DEATHS, "lost 0, unmarked 0");
        Arrays.sort(micros);
        System.out.printf(
                "death of a receiver to redelivery, from before the kill: p50 %.1f ms, p99 %.1f ms,"
                        + " max %.1f ms (%d)%n",
                micros[DEATHS / 2] / 1e3,
                micros[(int) (DEATHS * 0.99)] / 1e3,
                micros[DEATHS - 1] / 1e3,
                DEATHS);
    }

    private static CompletableFuture<Delivered> receiveOne(PipeReceiver receiver) {
        CompletableFuture<Delivered> delivered = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                long[] number = new long[1];
                                int count =
                                        receiver.receive(
                                                (m, offset, length) ->
                                                        number[0] = m.get(JAVA_BYTE, offset),
                                                1,
                                                DEADLINE);
                                long now = System.nanoTime();
                                assertTrue(count == 1, receiver::toString);
                                delivered.complete(
                                        new Delivered(now, receiver.deliveryAttempt(), number[0]));
                            } catch (Throwable t) {
                                delivered.completeExceptionally(t);
                            }
                        });
        return delivered;
    }
}
