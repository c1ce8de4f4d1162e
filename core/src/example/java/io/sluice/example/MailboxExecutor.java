package io.sluice.example;

import io.sluice.Ends;
import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.queue.MailboxBlockingQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.CallerRunsPolicy;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Uses a mailbox as the task queue of a {@link ThreadPoolExecutor}. The mailbox is bounded: when
 * the workers fall behind, the submitting thread runs tasks itself.
 *
 * <p>Run:
 *
 * <pre>{@code
 * java @core/src/example/args io.sluice.example.MailboxExecutor
 * }</pre>
 *
 * <p>Prints:
 *
 * <pre>{@code
 * 9592 primes below 100000
 * }</pre>
 */
public final class MailboxExecutor {
    private static final int WORKERS = 4;
    private static final int LIMIT = 100_000;
    private static final int TASK = 1000;

    public static void main(String[] args) throws Exception {
        Mailbox<Runnable> tasks = Mailbox.create(MailboxSpec.bounded(64).receivers(Ends.MANY));
        List<Future<Long>> counts = new ArrayList<>();
        try (MailboxBlockingQueue<Runnable> queue = new MailboxBlockingQueue<>(tasks);
                ExecutorService executor =
                        new ThreadPoolExecutor(
                                WORKERS,
                                WORKERS,
                                0,
                                TimeUnit.SECONDS,
                                queue,
                                new CallerRunsPolicy())) {
            for (int from = 0; from < LIMIT; from += TASK) {
                int first = from;
                counts.add(executor.submit(() -> primes(first, first + TASK)));
            }
        } // Shuts the executor down, waits for its tasks, and closes the queue.

        long count = 0;
        for (Future<Long> future : counts) {
            count += future.get();
        }
        System.out.println(count + " primes below " + LIMIT);
    }

    private static long primes(int from, int to) {
        return IntStream.range(Math.max(2, from), to)
                .filter(n -> IntStream.rangeClosed(2, (int) Math.sqrt(n)).allMatch(d -> n % d != 0))
                .count();
    }
}
