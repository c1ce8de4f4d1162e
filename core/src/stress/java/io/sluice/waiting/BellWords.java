package io.sluice.waiting;

import io.sluice.memory.Memory;
import io.sluice.os.Membarrier;
import io.sluice.stress.Pool;
import io.sluice.stress.SharedFile;
import java.lang.invoke.VarHandle;

/** A bell and a word of data, each mapped at two addresses, as two processes see them. */
final class BellWords {
    /** Whether {@code membarrier} is available; otherwise each side executes a fence. */
    private static final boolean FENCED = Membarrier.registerGlobal();

    private static final int BELL = 0;
    private static final int DATA = 128;
    private static final int LENGTH = 256;
    private static final SharedFile FILE = new SharedFile((long) Pool.SIZE * LENGTH);
    private static final Pool<BellWords> POOL = new Pool<>(BellWords::new);

    /** The bell in the sleeper's mapping. */
    final Bell sleepers;

    /** The bell in the waker's mapping. */
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

    /** Waker: publishes the data, with a fence only where {@code membarrier} is missing. */
    void publish() {
        waker.setLongRelease(DATA, 1);
        if (!FENCED) {
            VarHandle.fullFence();
        }
    }

    /** Waker: writes the data plainly; only the ringing orders it. */
    void write() {
        waker.setLong(DATA, 1);
    }

    boolean isArmed() {
        return Bell.isArmed(waker, BELL);
    }

    /** Sleeper: fences as {@link BellWaiter} does after it has armed the bell. */
    static void fenceAll() {
        if (!Membarrier.fenceAllProcesses()) {
            VarHandle.fullFence();
        }
    }

    /** Sleeper: returns the published data. */
    int look() {
        return (int) sleeper.getLongAcquire(DATA);
    }

    /** Sleeper: returns the data with a plain load. */
    int read() {
        return (int) sleeper.getLong(DATA);
    }
}
