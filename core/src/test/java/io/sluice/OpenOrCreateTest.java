package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@link Pipe#openOrCreate}: alone, by several at once, and while others delete the name. */
@Timeout(60)
class OpenOrCreateTest {
    private static final PipeSpec SPEC = PipeSpec.bounded(4096).senders(2).receivers(1);
    private static final int THREADS = 4;

    @TempDir Path directory;

    private Path path() {
        return directory.resolve("pipe");
    }

    @Test
    void itCreatesWhatIsNotThereAndOpensWhatIs() throws Exception {
        Pipe created = Pipe.openOrCreate(path(), SPEC);
        Pipe opened = Pipe.openOrCreate(path(), SPEC);
        assertEquals(created, opened);
        assertEquals(created, Pipe.open(path()));
        try (PipeReceiver receiver = created.receiver();
                PipeSender sender = opened.sender()) {
            sender.send(new byte[] {1, 2});
            assertArrayEquals(new byte[] {1, 2}, receiver.receive(Duration.ofSeconds(30)));
        }
        assertTrue(Pipe.delete(path()));
        assertFalse(created.equals(Pipe.openOrCreate(path(), SPEC)));
    }

    @Test
    void whatHasAnotherSpecificationIsRefusedWithBothValues() throws Exception {
        Pipe.create(path(), SPEC);
        String[][] cases = {
            {"capacity=4096", "capacity=65536"},
            {"senders=2", "senders=3"},
            {"receivers=1", "receivers=4"},
            {"delivery=AT_LEAST_ONCE", "delivery=AT_MOST_ONCE"},
            {"order=SENDER", "order=ARRIVAL"},
            {"rendezvous=false", "rendezvous=true"},
            {"retainWithoutReceivers=false", "retainWithoutReceivers=true"},
            {"sharedWithGroup=false", "sharedWithGroup=true"},
            {"quota=none", "quota="},
            {"overflow=BLOCK", "overflow=FAIL"},
        };
        PipeSpec grows = PipeSpec.unbounded(1 << 20, 4096).senders(2);
        PipeSpec[] specs = {
            PipeSpec.bounded().senders(2).receivers(1),
            SPEC.senders(3),
            SPEC.receivers(4),
            SPEC.delivery(Delivery.AT_MOST_ONCE),
            SPEC.order(Order.ARRIVAL),
            PipeSpec.rendezvous(4080).senders(2).receivers(1),
            SPEC.retainWithoutReceivers(true),
            SPEC.sharedWithGroup(true),
            grows,
            grows.overflow(OverflowPolicy.FAIL),
        };
        for (int i = 0; i < cases.length; i++) {
            PipeSpec spec = specs[i];
            String message =
                    assertThrows(InvalidPipeException.class, () -> Pipe.openOrCreate(path(), spec))
                            .getMessage();
            int expected = message.indexOf("expected");
            assertTrue(message.indexOf(cases[i][0]) < expected, message);
            assertTrue(message.indexOf(cases[i][0]) > 0, message);
            assertTrue(message.indexOf(cases[i][1], expected) > expected, message);
        }
        assertEquals(Pipe.open(path()), Pipe.openOrCreate(path(), SPEC));
    }

    @Test
    void whatIsNoPipeIsRefusedAndStays() throws Exception {
        Files.createFile(path());
        assertThrows(InvalidPipeException.class, () -> Pipe.openOrCreate(path(), SPEC));
        assertTrue(Files.exists(path()));
        assertThrows(
                IOException.class, () -> Pipe.openOrCreate(directory.resolve("no/pipe"), SPEC));
    }

    @Test
    void ofSeveralAtOnceAllGetTheSamePipe() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        try {
            for (int round = 0; round < 20; round++) {
                CountDownLatch start = new CountDownLatch(1);
                List<Future<Pipe>> pipes = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    pipes.add(
                            executor.submit(
                                    () -> {
                                        start.await();
                                        return Pipe.openOrCreate(path(), SPEC);
                                    }));
                }
                start.countDown();
                for (Future<Pipe> pipe : pipes) {
                    assertEquals(pipes.get(0).get(), pipe.get(30, TimeUnit.SECONDS));
                }
                assertTrue(Pipe.delete(path()));
            }
        } finally {
            executor.shutdownNow();
        }
        try (var left = Files.list(directory)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void aDeletionMeanwhileFailsNoCall() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        AtomicBoolean done = new AtomicBoolean();
        try {
            Future<Integer> deleted =
                    executor.submit(
                            () -> {
                                int count = 0;
                                while (!done.get()) {
                                    count += Pipe.delete(path()) ? 1 : 0;
                                }
                                return count;
                            });
            List<Future<?>> users = new ArrayList<>();
            for (int i = 1; i < THREADS; i++) {
                users.add(
                        executor.submit(
                                () -> {
                                    for (int round = 0; round < 50; round++) {
                                        Pipe.openOrCreate(path(), SPEC);
                                    }
                                    return null;
                                }));
            }
            for (Future<?> user : users) {
                user.get(30, TimeUnit.SECONDS);
            }
            done.set(true);
            assertTrue(deleted.get(30, TimeUnit.SECONDS) > 0);
        } finally {
            done.set(true);
            executor.shutdownNow();
        }
    }
}
