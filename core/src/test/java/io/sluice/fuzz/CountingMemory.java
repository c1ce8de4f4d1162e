package io.sluice.fuzz;

import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import java.lang.foreign.MemorySegment;

/** A memory that counts accesses: a call that exceeds its budget may be an endless loop. */
public class CountingMemory implements Memory {
    /** The number of accesses left, for all memories of one lane together. */
    public static final class Budget {
        private long remaining = Long.MAX_VALUE;
        private boolean contended;

        public void set(long accesses) {
            remaining = accesses;
        }

        /** Makes every later compare-and-set fail, as if another thread were always faster. */
        public void contend() {
            contended = true;
        }

        /** Returns the number of accesses left. */
        public long remaining() {
            return remaining;
        }

        private void take() {
            if (remaining-- <= 0) {
                throw new AssertionError("more accesses than this call may take");
            }
        }
    }

    private final HeapMemory memory;
    private final Budget budget;

    public CountingMemory(HeapMemory memory, Budget budget) {
        this.memory = memory;
        this.budget = budget;
    }

    @Override
    public long size() {
        return memory.size();
    }

    @Override
    public long getLong(long offset) {
        budget.take();
        return memory.getLong(offset);
    }

    @Override
    public long getLongAcquire(long offset) {
        budget.take();
        return memory.getLongAcquire(offset);
    }

    @Override
    public void setLong(long offset, long value) {
        budget.take();
        memory.setLong(offset, value);
    }

    @Override
    public void setLongRelease(long offset, long value) {
        budget.take();
        memory.setLongRelease(offset, value);
    }

    @Override
    public boolean compareAndSetLong(long offset, long expected, long value) {
        budget.take();
        return !budget.contended && memory.compareAndSetLong(offset, expected, value);
    }

    @Override
    public void write(long offset, byte[] source, int sourceOffset, int length) {
        memory.write(offset, source, sourceOffset, length);
    }

    @Override
    public void write(long offset, MemorySegment source, long sourceOffset, int length) {
        memory.write(offset, source, sourceOffset, length);
    }

    @Override
    public MemorySegment bytes() {
        return memory.bytes();
    }

    @Override
    public void beforeRead(long offset, long length) {
        memory.beforeRead(offset, length);
    }

    @Override
    public void afterWrite(long offset, long length) {
        memory.afterWrite(offset, length);
    }
}
