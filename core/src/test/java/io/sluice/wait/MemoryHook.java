package io.sluice.wait;

import io.sluice.memory.ForwardingMemory;
import io.sluice.memory.Memory;

/** Memory that runs a step of another thread right after the next plain read. */
final class MemoryHook extends ForwardingMemory {
    private Runnable afterRead;

    MemoryHook(Memory memory) {
        super(memory);
    }

    void afterNextRead(Runnable step) {
        afterRead = step;
    }

    @Override
    public long getLong(long offset) {
        long word = super.getLong(offset);
        Runnable step = afterRead;
        if (step != null) {
            afterRead = null;
            step.run();
        }
        return word;
    }
}
