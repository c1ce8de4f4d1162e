package io.sluice.waiting;

import io.sluice.memory.Memory;
import io.sluice.os.Membarrier;
import io.sluice.stress.Pool;
import io.sluice.stress.SharedFile;
import java.lang.invoke.VarHandle;

/** A bell, disarmed, and a word of data that is zero, as two processes see them. */
final class BellWords {
    /** Where a process may not call {@code membarrier}, both sides fence for themselves. */
    private static final boolean FENCED = Membarrier.registerGlobal();

    private static final int BELL = 0;
    private static final int DATA = 128;
    private static final int LENGTH = 256;
    private static final SharedFile FILE = new SharedFile((long) Pool.SIZE * LENGTH);
    private static final Pool<BellWords> POOL = new Pool<>(BellWords::new);

    /** By the sleeper's addresses. */
    final Bell sleepers;

    /** By the waker's. */
    final Bell wakers;

    private final Memory sleeper;
    private final Memory waker;

    private BellWords(int index) {
        sleeper = FILE.words(true, (long) index * LENGTH, LENGTH);
        waker = FILE.words(false, (long) index * LENGTH, LENGTH);
        sleepers = new Bell(sleeper, BELL);
        wakers = new Bell(waker, BELL);
    }

    static BellWords disarmed() {
        BellWords words = POOL.next();
        words.sleepers.disarm();
        words.sleeper.setLong(DATA, 0);
        return words;
    }

    static BellWords armed() {
        BellWords words = disarmed();
        words.sleepers.arm();
        return words;
    }

    /** Waker: what the sleeper looks for; without a fence where the sleeper's works. */
    void publish() {
        waker.setLongRelease(DATA, 1);
        if (!FENCED) {
            VarHandle.fullFence();
        }
    }

    /** Waker: what comes with the ringing only. */
    void write() {
        waker.setLong(DATA, 1);
    }

    boolean isArmed() {
        return Bell.isArmed(waker, BELL);
    }

    /** Sleeper: what {@link BellWaiter} does after it has armed the bell. */
    static void fenceAll() {
        if (!Membarrier.fenceAllProcesses()) {
            VarHandle.fullFence();
        }
    }

    /** Sleeper: what it looks for. */
    int look() {
        return (int) sleeper.getLongAcquire(DATA);
    }

    /** Sleeper: what came with the ringing. */
    int read() {
        return (int) sleeper.getLong(DATA);
    }
}
