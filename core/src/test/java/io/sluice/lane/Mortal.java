package io.sluice.lane;

import io.sluice.memory.Memory;
import java.lang.foreign.MemorySegment;

/** Memory whose user dies, or is stopped for a while, before one of its accesses. */
final class Mortal implements Memory {
    /** Thrown at each access of an end that has died. */
    static final class Death extends Error {
        private static final long serialVersionUID = 1L;

        Death() {
            super(null, null, false, false);
        }
    }

    /** The moment at which an end dies or is stopped, whatever memory it accesses then. */
    static final class Fate {
        private int left = Integer.MAX_VALUE;
        private Runnable meanwhile;

        /** Lets the end die before the access that follows the given number of accesses. */
        void dieAfter(int accesses) {
            left = accesses;
            meanwhile = null;
        }

        /** Stops the end before the access after so many, while another step runs. */
        void pauseAfter(int accesses, Runnable what) {
            left = accesses;
            meanwhile = what;
        }

        void live() {
            dieAfter(Integer.MAX_VALUE);
        }

        /** Returns whether it is still to happen. */
        boolean isAhead() {
            return left > 0 && (meanwhile != null || left < Integer.MAX_VALUE);
        }

        void access() {
            if (left > 0) {
                left--;
            } else if (meanwhile != null) {
                Runnable what = meanwhile;
                live();
                what.run();
            } else {
                throw new Death(); // Again and again: the dead run no "finally" either.
            }
        }
    }

    private final Memory memory;
    private final Fate fate;
    private final Runnable check;
    private final Runnable checkWrite;

    Mortal(Memory memory, Fate fate) {
        this(memory, fate, () -> {}, () -> {});
    }

    /** The checks run at each access, and at each write; they fail if there must not be one. */
    Mortal(Memory memory, Fate fate, Runnable check, Runnable checkWrite) {
        this.memory = memory;
        this.fate = fate;
        this.check = check;
        this.checkWrite = checkWrite;
    }

    private Memory access() {
        check.run();
        fate.access();
        return memory;
    }

    private Memory writeAccess() {
        Memory accessed = access();
        checkWrite.run();
        return accessed;
    }

    @Override
    public long size() {
        return memory.size();
    }

    @Override
    public long getLong(long offset) {
        return access().getLong(offset);
    }

    @Override
    public long getLongAcquire(long offset) {
        return access().getLongAcquire(offset);
    }

    @Override
    public void setLong(long offset, long value) {
        writeAccess().setLong(offset, value);
    }

    @Override
    public void setLongRelease(long offset, long value) {
        writeAccess().setLongRelease(offset, value);
    }

    @Override
    public boolean compareAndSetLong(long offset, long expected, long value) {
        return access().compareAndSetLong(offset, expected, value);
    }

    @Override
    public void write(long offset, byte[] source, int sourceOffset, int length) {
        write(offset, MemorySegment.ofArray(source), sourceOffset, length);
    }

    /** Writes word by word, so that a payload can be cut anywhere. */
    @Override
    public void write(long offset, MemorySegment source, long sourceOffset, int length) {
        for (int i = 0; i < length; i += 8) {
            writeAccess().write(offset + i, source, sourceOffset + i, Math.min(8, length - i));
        }
    }

    @Override
    public MemorySegment bytes() {
        return memory.bytes();
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
