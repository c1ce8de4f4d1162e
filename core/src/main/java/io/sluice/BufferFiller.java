package io.sluice;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Objects;

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
        int position = target.position();
        if (target.hasArray()) { // A segment around it might be allocated.
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

    /** Keeps no buffer: an idle end would hold it for good. */
    void forget() {
        target = null;
    }

    /** The length of the last message, in bytes. */
    int length() {
        return length;
    }
}
