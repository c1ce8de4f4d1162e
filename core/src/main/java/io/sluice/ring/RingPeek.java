package io.sluice.ring;

import io.sluice.MessageHandler;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import io.sluice.ring.LaneReceiver.HandlerException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;

/**
 * Reads the messages of a ring for a thread that is neither its sender nor a receiver, and writes
 * nothing. Remembers what it has read.
 *
 * <p>The ends proceed meanwhile. So it copies a message, and then checks whether its place may have
 * been reused by then, as readers of a sequence lock do: a copy is handed out only if the message
 * had not been received.
 *
 * <p>Invariant: no byte of a copy is handed out before the check.
 *
 * <p>Guarantee: wait-free; what is overwritten while it is read counts as missed. One thread at a
 * time.
 */
abstract sealed class RingPeek permits SpscRingPeek, SpmcRingPeek, RendezvousPeek {
    private static final int MIN_COPY = 1024;

    private MemorySegment copy = MemorySegment.NULL;
    private MemorySegment readOnlyCopy;
    private boolean taken;

    /** The bytes that were received or dropped before they were read here. */
    long missedBytes;

    /**
     * Hands out messages that wait in a ring and were not handed out before, oldest first.
     *
     * @param live whether the ring is still that of the lane; evaluated after a message was copied
     * @param handler the handler; it gets a copy
     * @param limit the largest number of messages
     * @return the number of messages handed out
     * @throws io.sluice.ChannelCorruptedException if the ring holds what no sender writes
     */
    abstract int peek(RingMemory ring, BooleanSupplier live, MessageHandler handler, int limit);

    final void copy(Memory ring, long payload, int length) {
        if (length > copy.byteSize() || readOnlyCopy == null) {
            int size = Math.max(MIN_COPY, Integer.highestOneBit(2 * Math.max(1, length) - 1));
            copy = Arena.ofAuto().allocate(size, Long.BYTES);
            readOnlyCopy = copy.asReadOnly();
        }
        ring.beforeRead(payload, length);
        MemorySegment.copy(ring.bytes(), ring.index(payload), copy, 0, length);
        VarHandle.acquireFence(); // The copy is complete before it is checked.
    }

    final void handOut(MessageHandler handler, int length, boolean isTaken) {
        taken = isTaken;
        HandlerException.onMessage(handler, readOnlyCopy, 0, length);
    }

    /** Tests whether a receiver had taken the message that is being handed out. */
    final boolean isTaken() {
        return taken;
    }
}
