package io.sluice.compare.rig;

import java.util.concurrent.locks.LockSupport;

/** Waiting for a time: asleep if it is far, by looking at the clock if it is near. */
final class Pause {
    /** A sleeping thread wakes up late by less than this, mostly. */
    private static final long NEAR_NS = 300_000;

    private Pause() {}

    /** Returns the time at which it went on, at once if that time is past. */
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
