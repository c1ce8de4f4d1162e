package io.sluice.fuzz;

import io.sluice.memory.ForwardingMemory;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;

/** A memory that counts accesses: a call that exceeds its budget may be an endless loop. */
public class CountingMemory extends ForwardingMemory {
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

    private final Budget budget;

    public CountingMemory(HeapMemory memory, Budget budget) {
        super(memory);
        this.budget = budget;
    }

    @Override
    protected Memory access() {
        budget.take();
        return super.access();
    }

    @Override
    public boolean compareAndSetLong(long offset, long expected, long value) {
        Memory memory = access();
        return !budget.contended && memory.compareAndSetLong(offset, expected, value);
    }
}
