package io.sluice.ring;

import io.sluice.memory.ForwardingMemory;
import io.sluice.memory.Memory;
import java.lang.foreign.MemorySegment;

/** Memory whose user dies, or is stopped for a while, before one of its accesses. */
final class CrashableMemory extends ForwardingMemory {
    /** Thrown at each access of an end that has died. */
    static final class SimulatedCrash extends Error {
        private static final long serialVersionUID = 1L;

        SimulatedCrash() {
            super(null, null, false, false);
        }
    }

    /** The moment at which an end dies or is stopped, whatever memory it accesses then. */
    static final class FaultInjector {
        private int left = Integer.MAX_VALUE;
        private Runnable interleaved;

        /** Lets the end die before the access that follows the given number of accesses. */
        void crashAfter(int accesses) {
            left = accesses;
            interleaved = null;
        }

        /** Stops the end before the access after so many, while another step runs. */
        void pauseAfter(int accesses, Runnable what) {
            left = accesses;
            interleaved = what;
        }

        void disarm() {
            crashAfter(Integer.MAX_VALUE);
        }

        /** Returns whether it is still to happen. */
        boolean isPending() {
            return left > 0 && (interleaved != null || left < Integer.MAX_VALUE);
        }

        void onAccess() {
            if (left > 0) {
                left--;
            } else if (interleaved != null) {
                Runnable what = interleaved;
                disarm();
                what.run();
            } else {
                throw new SimulatedCrash(); // Again and again: the dead run no "finally" either.
            }
        }
    }

    private final FaultInjector faultInjector;
    private final Runnable check;
    private final Runnable checkWrite;

    CrashableMemory(Memory memory, FaultInjector faultInjector) {
        this(memory, faultInjector, () -> {}, () -> {});
    }

    /** The checks run at each access, and at each write; they fail if there must not be one. */
    CrashableMemory(
            Memory memory, FaultInjector faultInjector, Runnable check, Runnable checkWrite) {
        super(memory);
        this.faultInjector = faultInjector;
        this.check = check;
        this.checkWrite = checkWrite;
    }

    @Override
    protected Memory access() {
        check.run();
        faultInjector.onAccess();
        return super.access();
    }

    @Override
    protected Memory writeAccess() {
        Memory accessed = access();
        checkWrite.run();
        return accessed;
    }

    /** Writes word by word, so that a payload can be cut anywhere. */
    @Override
    public void write(long offset, MemorySegment source, long sourceOffset, int length) {
        for (int i = 0; i < length; i += 8) {
            writeAccess().write(offset + i, source, sourceOffset + i, Math.min(8, length - i));
        }
    }

    @Override
    public void beforeRead(long offset, long length) {
        access().beforeRead(offset, length);
    }

    @Override
    public void afterWrite(long offset, long length) {
        writeAccess().afterWrite(offset, length);
    }
}
