package io.sluice;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Objects;

/** A handler that copies one message into a buffer with enough room. One thread at a time. */
final class BufferFiller implements MessageHandler {
    private ByteBuffer target;
    private int length;

    /**
     * Sets the buffer for the next message. Throws if it is not writable, before a message is
     * taken.
     */
    BufferFiller into(ByteBuffer next) {
        if (next.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        if (next.hasRemaining()) {
            next.get(next.position()); // Throws if confined or closed.
        }
        target = next;
        return this;
    }

    @Override
    public void onMessage(MemorySegment memory, long offset, int messageLength) {
        int position = target.position();
        if (target.hasArray()) { // Avoids a segment that may be allocated.
            Objects.checkFromIndexSize(position, messageLength, target.limit());
            int to = target.arrayOffset() + position;
            MemorySegment.copy(
                    memory, ValueLayout.JAVA_BYTE, offset, target.array(), to, messageLength);
        } else {
            MemorySegment.copy(memory, offset, MemorySegment.ofBuffer(target), 0, messageLength);
        }
        target.position(position + messageLength);
        length = messageLength;
    }

    /** Clears the reference to the buffer, which an idle end would keep reachable. */
    void release() {
        target = null;
    }

    /** Returns the length of the last message, in bytes. */
    int length() {
        return length;
    }
}
