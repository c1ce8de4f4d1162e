package io.sluice.queue;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Proof;
import io.sluice.TestThreads;
import io.sluice.TestWhere;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A {@link ThreadPoolExecutor} runs on a mailbox as it does on the queues of the JDK. */
@ParameterizedClass
@MethodSource("subjects")
@Timeout(120)
class ExecutorTest {
    private static final int TASKS = Proof.size(400, 100_000);
    private static final int WORKERS = 3;
    private static final int RACES = Proof.size(8, 100);
    private static final int TASKS_THAT_FAIL = Proof.size(60, 300);

    @Parameter QueueSubject subject;
    private BlockingQueue<Runnable> queue;
    private ThreadPoolExecutor executor;
    private TestThreads testThreads;

    static List<QueueSubject> subjects() {
        return QueueSubject.of(MailboxFlavors.many());
    }

    private static boolean holdsTwo(QueueSubject subject) {
        return subject.queue().remainingCapacity() >= 2;
    }

    private static boolean holdsMany(QueueSubject subject) {
        return subject.queue().remainingCapacity() > 100;
    }

    @BeforeEach
    void make() {
        start(WORKERS);
    }

    private void start(int workers) {
        queue = subject.queue();
        executor = new ThreadPoolExecutor(workers, workers, 5, SECONDS, queue);
        testThreads = new TestThreads(subject);
    }

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    /** Executes a task, and retries while it is rejected. */
    private void executeUntilAccepted(Runnable task) {
        while (true) {
            try {
                executor.execute(task);
                return;
            } catch (RejectedExecutionException e) {
                assertFalse(executor.isShutdown());
                Thread.yield();
            }
        }
    }

    private void join() throws InterruptedException {
        assertTrue(executor.awaitTermination(60, SECONDS), () -> "still runs: " + executor);
        assertEquals(0, executor.getPoolSize());
        assertEquals(0, executor.getQueue().size());
    }

    @Test
    void eachTaskRunsOnce() throws Exception {
        byte[] runs = new byte[TASKS];
        AtomicInteger sum = new AtomicInteger();
        for (int i = 0; i < TASKS; i++) {
            int task = i;
            executeUntilAccepted(
                    () -> {
                        runs[task]++;
                        sum.incrementAndGet();
                    });
        }
        executor.shutdown();
        join();
        assertEquals(TASKS, sum.get());
        for (int i = 0; i < TASKS; i++) {
            assertEquals(1, runs[i], "runs of task " + i);
        }
        assertEquals(TASKS, executor.getCompletedTaskCount());
    }

    @Test
    void workersThatAreNotNeededEnd() throws Exception {
        executor.setKeepAliveTime(1, MILLISECONDS);
        executor.allowCoreThreadTimeOut(true);
        CountDownLatch ran = new CountDownLatch(WORKERS);
        for (int i = 0; i < WORKERS; i++) {
            executeUntilAccepted(ran::countDown);
        }
        assertTrue(ran.await(60, SECONDS));
        testThreads.spinUntil(() -> executor.getPoolSize() == 0);
        assertEquals(7, executor.submit(() -> 7).get(60, SECONDS));
    }

    @TestWhere("holdsTwo")
    void afterShutdownQueuedTasksRunAndNewOnesAreRejected() throws Exception {
        start(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        executor.execute(() -> waitFor(go));
        executor.execute(ran::incrementAndGet);
        executor.execute(ran::incrementAndGet);
        executor.shutdown();
        assertRejected();
        assertEquals(2, queue.size());
        go.countDown();
        join();
        assertEquals(2, ran.get());
    }

    private void assertRejected() {
        boolean rejected = false;
        try {
            executor.execute(() -> {});
        } catch (RejectedExecutionException e) {
            rejected = true;
        }
        assertTrue(rejected);
    }

    @TestWhere("holdsTwo")
    void shutdownNowReturnsQueuedTasksAndInterruptsRunningOnes() throws Exception {
        start(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        executor.execute(
                () -> {
                    running.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                });
        assertTrue(running.await(60, SECONDS));
        List<Runnable> waiting = List.of(() -> {}, () -> {});
        waiting.forEach(executor::execute);
        assertEquals(waiting, executor.shutdownNow());
        assertTrue(interrupted.await(60, SECONDS));
        assertRejected();
        join();
    }

    @Test
    void anIdleExecutorIsShutDown() throws Exception {
        executeUntilAccepted(() -> {});
        testThreads.spinUntil(() -> executor.getCompletedTaskCount() == 1);
        executor.shutdown();
        join();
    }

    @Test
    void aTaskThatIsInterruptedOrThrowsHarmsNoOther() throws Exception {
        executor.setThreadFactory(
                task ->
                        Thread.ofPlatform()
                                .daemon()
                                .uncaughtExceptionHandler((thread, thrown) -> {})
                                .unstarted(task));
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < TASKS_THAT_FAIL; i++) {
            executeUntilAccepted(() -> Thread.currentThread().interrupt());
            executeUntilAccepted(
                    () -> {
                        throw new ArithmeticException("expected");
                    });
            executeUntilAccepted(ran::incrementAndGet);
        }
        executor.shutdown();
        join();
        assertEquals(TASKS_THAT_FAIL, ran.get());
    }

    @TestWhere("holdsTwo")
    void aTaskThatWaitsIsRemovedOrCancelled() throws Exception {
        start(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        executor.execute(() -> waitFor(go));
        Runnable task = ran::incrementAndGet;
        executor.execute(task);
        assertTrue(executor.remove(task));
        assertFalse(executor.remove(task));
        Future<?> future = executor.submit(ran::incrementAndGet);
        executor.execute(task);
        future.cancel(false);
        executor.purge();
        assertEquals(1, queue.size());
        go.countDown();
        executor.shutdown();
        join();
        assertEquals(1, ran.get());
    }

    /** Each task is either run, or rejected, or handed back; the last is seen at least once. */
    @Test
    void whenShutdownNowRacesWithExecuteEachTaskIsAccountedForOnce() throws Exception {
        // Two workers may take two before the queue is checked.
        boolean seen = queue.remainingCapacity() <= 2;
        for (int race = 0; race < RACES || !seen; race++) {
            start(2);
            Set<Runnable> ran = Collections.synchronizedSet(newSet());
            Set<Runnable> accepted = Collections.synchronizedSet(newSet());
            CountDownLatch begun = new CountDownLatch(1);
            for (int i = 0; i < 2; i++) {
                testThreads.start(() -> submit(ran, accepted, begun));
            }
            begun.await();
            List<Runnable> back = executor.shutdownNow();
            testThreads.join();
            join();
            Set<Runnable> all = newSet();
            all.addAll(back);
            assertEquals(back.size(), all.size());
            for (Runnable task : ran) {
                assertTrue(all.add(task), "handed back, and run");
            }
            assertEquals(accepted.size(), all.size());
            assertTrue(accepted.containsAll(all));
            seen |= !back.isEmpty();
        }
    }

    private static Set<Runnable> newSet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    private void submit(Set<Runnable> ran, Set<Runnable> accepted, CountDownLatch begun) {
        while (!executor.isShutdown()) {
            Runnable task =
                    new Runnable() {
                        @Override
                        public void run() {
                            ran.add(this);
                        }
                    };
            try {
                executor.execute(task);
                accepted.add(task);
                if (accepted.size() > 20) {
                    begun.countDown();
                }
            } catch (RejectedExecutionException e) {
                Thread.onSpinWait();
            }
        }
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @TestWhere("holdsMany")
    void tasksThatSubmitTasksAllRun() throws Exception {
        List<Future<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            futures.add(executor.submit(() -> number));
        }
        int sum = 0;
        for (Future<Integer> future : futures) {
            sum += future.get(60, SECONDS);
        }
        assertEquals(4950, sum);
    }
}
