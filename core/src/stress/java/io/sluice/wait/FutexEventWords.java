package io.sluice.wait;

import io.sluice.linux.Membarrier;
import io.sluice.memory.Memory;
import io.sluice.stress.ObjectPool;
import io.sluice.stress.TwiceMappedFile;
import java.lang.invoke.VarHandle;

/** A futex event and a word of data, each mapped at two addresses, as two processes see them. */
final class FutexEventWords {
    /** Whether {@code membarrier} is available; otherwise each side executes a fence. */
    private static final boolean FENCED = Membarrier.registerGlobal();

    private static final int EVENT = 0;
    private static final int DATA = 128;
    private static final int LENGTH = 256;
    private static final TwiceMappedFile FILE =
            new TwiceMappedFile((long) ObjectPool.SIZE * LENGTH);
    private static final ObjectPool<FutexEventWords> POOL = new ObjectPool<>(FutexEventWords::new);

    /** The futex event in the waiter's mapping. */
    final FutexEvent waiterEvent;

    /** The futex event in the waker's mapping. */
    final FutexEvent wakerEvent;

    private final Memory waiterMemory;
    private final Memory wakerMemory;

    private FutexEventWords(int index) {
        waiterMemory = FILE.words(true, (long) index * LENGTH, LENGTH);
        wakerMemory = FILE.words(false, (long) index * LENGTH, LENGTH);
        waiterEvent = new FutexEvent(waiterMemory, EVENT);
        wakerEvent = new FutexEvent(wakerMemory, EVENT);
    }

    static FutexEventWords disarmed() {
        FutexEventWords words = POOL.next();
        words.waiterEvent.cancelWait();
        words.waiterMemory.setLong(DATA, 0);
        return words;
    }

    static FutexEventWords armed() {
        FutexEventWords words = disarmed();
        words.waiterEvent.prepareWait();
        return words;
    }

    /** Waker: publishes the data, with a fence only where {@code membarrier} is missing. */
    void publish() {
        wakerMemory.setLongRelease(DATA, 1);
        if (!FENCED) {
            VarHandle.fullFence();
        }
    }

    /** Waker: writes the data plainly; only the notification orders it. */
    void write() {
        wakerMemory.setLong(DATA, 1);
    }

    boolean isArmed() {
        return FutexEvent.isArmed(wakerMemory, EVENT);
    }

    /** Waiter: fences as {@link FutexWaiter} does after it has armed the futex event. */
    static void fenceAll() {
        if (!Membarrier.fenceAllProcesses()) {
            VarHandle.fullFence();
        }
    }

    /** Waiter: returns the published data. */
    int readAcquire() {
        return (int) waiterMemory.getLongAcquire(DATA);
    }

    /** Waiter: returns the data with a plain load. */
    int readPlain() {
        return (int) waiterMemory.getLong(DATA);
    }
}
