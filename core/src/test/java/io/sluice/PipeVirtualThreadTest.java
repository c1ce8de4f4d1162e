package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Virtual threads that wait at pipes release their carriers. */
@Timeout(120)
class PipeVirtualThreadTest {
    private static final int PIPES = 50; // Many more than there are carriers.

    private static <T> FutureTask<T> startVirtual(java.util.concurrent.Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(task);
        Thread.ofVirtual().start(future);
        return future;
    }

    @Test
    void manyThatWaitForMessagesAllGetThem() throws Exception {
        List<PipeSender> senders = new ArrayList<>();
        List<FutureTask<Integer>> receiving = new ArrayList<>();
        CountDownLatch waiting = new CountDownLatch(PIPES);
        for (int i = 0; i < PIPES; i++) {
            Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
            senders.add(pipe.sender());
            PipeReceiver receiver = pipe.receiver();
            receiving.add(
                    startVirtual(
                            () -> {
                                waiting.countDown();
                                int count = 0;
                                try (receiver) {
                                    while (receiver.receive() != null) {
                                        count++;
                                    }
                                }
                                return count;
                            }));
        }
        assertTrue(waiting.await(30, TimeUnit.SECONDS), "carriers are held");
        // With all of them waiting, another one still runs.
        assertEquals(42, startVirtual(() -> 42).get(30, TimeUnit.SECONDS));
        for (int n = 0; n < 100; n++) {
            for (PipeSender sender : senders) {
                sender.send(new byte[100]);
            }
        }
        senders.forEach(PipeSender::close);
        for (FutureTask<Integer> task : receiving) {
            assertEquals(100, task.get(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void oneThatWaitsForRoomGoesOnWhenThereIsSome() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
        try (PipeReceiver receiver = pipe.receiver()) {
            FutureTask<Integer> sending =
                    startVirtual(
                            () -> {
                                try (PipeSender sender = pipe.sender()) {
                                    for (int i = 0; i < 1000; i++) {
                                        sender.send(new byte[500]);
                                    }
                                }
                                return 1000;
                            });
            int count = 0;
            while (receiver.receive(Duration.ofSeconds(30)) != null) {
                count++;
            }
            assertEquals(1000, count, receiver::toString);
            assertEquals(1000, sending.get(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void interruptionEndsTheWaitAndNothingIsReceived() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            for (boolean virtual : new boolean[] {true, false}) {
                FutureTask<byte[]> receiving = new FutureTask<>(() -> receiver.receive());
                Thread thread =
                        virtual
                                ? Thread.ofVirtual().start(receiving)
                                : Thread.ofPlatform().daemon().start(receiving);
                thread.interrupt();
                Exception e =
                        assertThrows(
                                java.util.concurrent.ExecutionException.class,
                                () -> receiving.get(30, TimeUnit.SECONDS));
                assertEquals(InterruptedException.class, e.getCause().getClass());
                sender.send(new byte[3]);
                assertEquals(3, receiver.receive(Duration.ofSeconds(30)).length);
            }
        }
    }
}
