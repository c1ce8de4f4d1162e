package io.sluice.compare.rig;

import java.util.concurrent.locks.LockSupport;

/** Waits until a time: parks if it is far, spins on the clock if it is near. */
final class Pause {
    /** The usual bound of a sleeping thread's wake-up delay. */
    private static final long NEAR_NS = 300_000;

    private Pause() {}

    /** Waits, and returns the time at which it continued; returns at once if that time is past. */
    static long until(long nanoTime) {
        long now = System.nanoTime();
        while (now - nanoTime < 0) {
            if (nanoTime - now > NEAR_NS) {
                LockSupport.parkNanos(nanoTime - now - NEAR_NS);
            } else {
                Thread.onSpinWait();
            }
            now = System.nanoTime();
        }
        return now;
    }
}
