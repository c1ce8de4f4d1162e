package io.sluice;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Checks that each call returns within a second. The second is counted in the watchdog's own ticks,
 * so that a shortage of processors does not look like a call that hangs.
 */
final class Watchdog implements AutoCloseable {
    private static final int TICKS_PER_SECOND = 100;

    private final Map<Thread, Integer> calls = new ConcurrentHashMap<>();
    private final Thread thread = Thread.ofPlatform().daemon().name("watchdog").start(this::watch);
    private volatile int tick;
    private volatile int longest;
    private volatile String late;
    private volatile boolean closed;

    /** Records that the current thread begins a call. */
    void begin() {
        calls.put(Thread.currentThread(), tick);
    }

    /** Records that the current thread's call has returned. */
    void end() {
        Integer start = calls.remove(Thread.currentThread());
        if (start != null && tick - start > longest) {
            longest = tick - start;
        }
    }

    private void watch() {
        while (!closed) {
            LockSupport.parkNanos(1_000_000_000 / TICKS_PER_SECOND);
            int now = ++tick;
            calls.forEach(
                    (caller, start) -> {
                        if (now - start > TICKS_PER_SECOND && late == null) {
                            StringBuilder text = new StringBuilder("a call goes on: " + caller);
                            for (StackTraceElement frame : caller.getStackTrace()) {
                                text.append("\n    at ").append(frame);
                            }
                            late = text.toString();
                        }
                    });
        }
    }

    void check() {
        if (late != null) {
            throw new AssertionError(late);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    @Override
    public String toString() {
        return "longest call " + longest * 1000 / TICKS_PER_SECOND + " ms";
    }
}
