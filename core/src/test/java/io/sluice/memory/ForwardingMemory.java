package io.sluice.memory;

import java.lang.foreign.MemorySegment;

/** A memory that forwards to another one; a test overrides what it observes or changes. */
public abstract class ForwardingMemory implements Memory {
    private final Memory memory;

    protected ForwardingMemory(Memory memory) {
        this.memory = memory;
    }

    /** Returns the memory; called before each access. */
    protected Memory access() {
        return memory;
    }

    /** Returns the memory; called before each access that only writes. */
    protected Memory writeAccess() {
        return access();
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
