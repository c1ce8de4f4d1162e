package io.sluice.wait;

import io.sluice.memory.Memory;
import java.lang.foreign.MemorySegment;

/** Memory that runs a step of another thread right after the next plain read. */
final class MemoryHook implements Memory {
    private final Memory memory;
    private Runnable afterRead;

    MemoryHook(Memory memory) {
        this.memory = memory;
    }

    void afterNextRead(Runnable step) {
        afterRead = step;
    }

    @Override
    public long getLong(long offset) {
        long word = memory.getLong(offset);
        Runnable step = afterRead;
        if (step != null) {
            afterRead = null;
            step.run();
        }
        return word;
    }

    @Override
    public long size() {
        return memory.size();
    }

    @Override
    public long getLongAcquire(long offset) {
        return memory.getLongAcquire(offset);
    }

    @Override
    public void setLong(long offset, long value) {
        memory.setLong(offset, value);
    }

    @Override
    public void setLongRelease(long offset, long value) {
        memory.setLongRelease(offset, value);
    }

    @Override
    public boolean compareAndSetLong(long offset, long expected, long value) {
        return memory.compareAndSetLong(offset, expected, value);
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
}
