package io.sluice.bench;

import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

/** A thread on the other CPU that sends numbered messages as fast as they are taken. */
final class Stream {
    private static final long DEADLINE_SECONDS = 30;

    private final Thread thread;
    private volatile boolean stopped;
    private volatile Throwable failure;

    /** Starts to send: the predicate tries to send the message with that number. */
    Stream(LongPredicate trySend) {
        thread = Thread.ofPlatform().daemon().name("sender").unstarted(() -> run(trySend));
        thread.start();
    }

    private void run(LongPredicate trySend) {
        try {
            Cpus.pinOther();
            long sequence = 0;
            while (!stopped) {
                // Many at a time: a look at the flag for each would cost as much as they do.
                for (int i = 0; i < 1000; i++) {
                    if (trySend.test(sequence)) {
                        sequence++;
                    } else if (stopped) {
                        return;
                    } else {
                        Thread.onSpinWait();
                    }
                }
            }
        } catch (Throwable t) {
            failure = t;
        }
    }

    /** Stops it. What is under way may still be received. */
    void stop() throws InterruptedException {
        stopped = true;
        thread.join(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
        check();
        if (thread.isAlive()) {
            throw new IllegalStateException("the sender does not stop");
        }
    }

    /** Throws what the sender threw. */
    void check() {
        if (failure != null) {
            throw new IllegalStateException("the sender failed", failure);
        }
    }
}
