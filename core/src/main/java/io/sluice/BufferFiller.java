package io.sluice;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;

/** Copies one message into a buffer that has room for it. One thread at a time. */
final class BufferFiller implements MessageHandler {
    private ByteBuffer target;
    private int length;

    /** Where the next message goes. Refuses what could not take any, while none is lost yet. */
    BufferFiller into(ByteBuffer next) {
        if (next.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        if (next.hasRemaining()) {
            next.get(next.position()); // Its memory may be another thread's alone, or gone.
        }
        target = next;
        return this;
    }

    @Override
    public void onMessage(MemorySegment memory, long offset, int messageLength) {
        MemorySegment.copy(memory, offset, MemorySegment.ofBuffer(target), 0, messageLength);
        target.position(target.position() + messageLength);
        length = messageLength;
    }

    /** Keeps no buffer: an idle end would hold it for good. */
    void forget() {
        target = null;
    }

    /** The length of the last message, in bytes. */
    int length() {
        return length;
    }
}
