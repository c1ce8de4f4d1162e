package io.sluice;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Threads of a test, with a deadline; a missed deadline reports the state and the stacks. */
public final class TestThreads {
    public interface Work {
        void run() throws Exception;
    }

    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(Proof.size(60, 300));

    private final long start = System.nanoTime();
    private final Object subject;
    private final boolean virtual;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    public TestThreads(Object subject) {
        this(subject, false);
    }

    /** Creates a group of virtual or of platform threads. */
    public TestThreads(Object subject, boolean virtual) {
        this.subject = subject;
        this.virtual = virtual;
    }

    public Thread start(Work work) {
        return start(virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon(), work);
    }

    public Thread start(Thread.Builder builder, Work work) {
        Thread thread =
                builder.start(
                        () -> {
                            try {
                                work.run();
                            } catch (Throwable t) {
                                failure.compareAndSet(null, t);
                            }
                        });
        threads.add(thread);
        return thread;
    }

    /** Spins until the condition holds. */
    public void spinUntil(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            checkFailure();
            if (left() <= 0) {
                throw deadlineMissed();
            }
            Thread.yield();
        }
    }

    /**
     * Spins until this many ends of the mailbox are asleep and every live test thread is parked: an
     * end is counted shortly before its thread parks.
     */
    public void spinUntilWaiting(int senders, int receivers) {
        String state = ".*\\(" + senders + " asleep.*\\(" + receivers + " asleep.*";
        spinUntil(
                () ->
                        subject.toString().matches(state)
                                && threads.stream()
                                        .filter(Thread::isAlive)
                                        .allMatch(t -> LockSupport.getBlocker(t) != null));
    }

    public void join() throws InterruptedException {
        for (Thread thread : threads) {
            while (!thread.join(Duration.ofMillis(20))) {
                checkFailure();
                if (left() <= 0) {
                    throw deadlineMissed();
                }
            }
        }
        checkFailure();
    }

    private long left() {
        return DEADLINE_NANOS - (System.nanoTime() - start);
    }

    private void checkFailure() {
        if (failure.get() != null) {
            throw new AssertionError("a thread failed; " + subject, failure.get());
        }
    }

    private AssertionError deadlineMissed() {
        StringBuilder text = new StringBuilder("deadline missed; " + subject);
        for (Thread thread : threads) {
            text.append("\n").append(thread);
            for (StackTraceElement frame : thread.getStackTrace()) {
                text.append("\n    at ").append(frame);
            }
        }
        return new AssertionError(text.toString());
    }
}
