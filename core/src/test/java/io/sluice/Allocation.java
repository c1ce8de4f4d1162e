package io.sluice;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** The bytes that a thread allocates. */
public final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** A round of a measurement. */
    public interface MeasuredRound<X extends Exception> {
        void run() throws X;
    }

    private Allocation() {}

    /** Returns the bytes that this thread has allocated. */
    public static long bytes() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }

    /**
     * Returns the bytes that the rounds allocate once they are compiled: the minimum over the
     * attempts, since an allocation per round would appear in every attempt.
     */
    public static <X extends Exception> long least(int attempts, int rounds, MeasuredRound<X> round)
            throws X {
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < attempts && least > 0; attempt++) {
            long before = bytes();
            for (int i = 0; i < rounds; i++) {
                round.run();
            }
            least = Math.min(least, bytes() - before);
        }
        return least;
    }
}
