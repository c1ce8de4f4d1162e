package io.sluice.ring;

import static io.sluice.ring.BroadcastDescriptor.GATED_FLAG;
import static io.sluice.ring.RecordDescriptor.HEADER_LENGTH;
import static io.sluice.ring.RecordDescriptor.UNCOMMITTED;

import io.sluice.ChannelCorruptedException;
import io.sluice.ControlledMessageHandler.Action;
import io.sluice.MessageHandler;
import io.sluice.memory.RingMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A receiver of a broadcast lane whose messages may be overwritten before it has received them: one
 * that never limits the sender, or one that the sender may demote.
 *
 * <p>It copies a message, and then checks the intent (as receivers of Agrona's broadcast buffer
 * do): the copy is used only if the sender had not taken that room by then. A zero is checked in
 * the same way, since the sender clears what it takes. A receiver that was lapped goes on at the
 * oldest boundary that is a quarter of the ring ahead of the sender, and counts what lies between.
 *
 * <p>Invariant: no byte of a payload is used before the intent was checked.
 *
 * <p>Guarantee: wait-free. One thread at a time.
 */
final class LossyRingReceiver extends BroadcastRingReceiver {
    private static final int MIN_COPY = 1024;

    /** How often a receiver goes on after a lap in one call. */
    private static final int MAX_LAPS = 16;

    /** The result of {@link #copyNext} if there is no message. */
    private static final int NONE = -1;

    private boolean gated;
    private MemorySegment copy;
    private MemorySegment readOnlyCopy;

    /**
     * Creates a receiver.
     *
     * @param broadcast whether it is gated, until it is demoted; and where it begins
     */
    LossyRingReceiver(
            RingMemory lane, int receiver, Broadcast broadcast, DrainBackoff drainBackoff) {
        super(lane, receiver, drainBackoff);
        this.gated = !broadcast.lossy();
        allocate(MIN_COPY);
        join(broadcast.start(), gated);
    }

    @Override
    public int poll(MessageHandler handler, int limit, int longest) {
        drainBackoff.beforePoll(this);
        int room = Math.min(longest, maxPayloadLength);
        long published = cursor.position;
        int count = 0;
        try {
            while (count < limit) {
                int length = copyNext(room);
                if (length == NONE) {
                    drainBackoff.onDrained(count);
                    break;
                }
                take(length);
                count++;
                HandlerException.onMessage(handler, readOnlyCopy, 0, length);
            }
        } finally {
            publish(published);
        }
        return count;
    }

    @Override
    public int controlledPoll(ControlledBatch batch, int limit) {
        long published = cursor.position;
        int count = 0;
        try {
            while (count < limit && !batch.isStopped()) {
                int length = copyNext(maxPayloadLength);
                if (length == NONE) {
                    break;
                }
                long begin = cursor.position;
                take(length);
                if (batch.handle(readOnlyCopy, 0, length) == Action.ABORT) {
                    cursor.position = begin;
                    cursor.messages--;
                } else {
                    count++;
                }
            }
        } finally {
            publish(published);
        }
        return count;
    }

    private void take(int length) {
        cursor.position += RecordDescriptor.recordLength(length);
        cursor.messages++;
    }

    /** Copies the next message; returns its length. */
    private int copyNext(int room) {
        for (int laps = 0; laps < MAX_LAPS; laps++) {
            long position = cursor.position;
            // edge COMMIT, from SpscRingSender.publish: the payload is complete.
            long word = ring.getLongAcquire(position);
            boolean valid =
                    word != UNCOMMITTED
                            && RecordDescriptor.isValid(word, position, maxPayloadLength);
            int length = (int) (word & RecordDescriptor.LENGTH_MASK);
            if (valid && length <= room) {
                copy(position + HEADER_LENGTH, length);
            }
            if (isIntact(position)) {
                if (word == UNCOMMITTED) {
                    return NONE;
                }
                // Throws unless the word is valid, and the message not too long.
                return RecordDescriptor.payloadLength(word, position, maxPayloadLength, room);
            }
            skip();
        }
        return NONE; // The sender is faster; the next call goes on.
    }

    private void copy(long payload, int length) {
        if (length > copy.byteSize()) {
            allocate(Integer.highestOneBit(2 * length - 1));
        }
        ring.beforeRead(payload, length);
        MemorySegment.copy(ring.bytes(), ring.index(payload), copy, 0, length);
    }

    private void allocate(int size) {
        copy = Arena.ofAuto().allocate(size, Long.BYTES);
        readOnlyCopy = copy.asReadOnly();
    }

    /** Goes on after the sender has overwritten the next message, and counts what was lost. */
    private void skip() {
        long position = cursor.position;
        long before = cursor.messages;
        if (!finder.findOldest(capacity / 4) || !isIntact(finder.position())) {
            return; // The sender moved on meanwhile, by 256 laps perhaps: the count is of another.
        }
        if (finder.position() <= position) {
            throw new ChannelCorruptedException(
                    "the position "
                            + position
                            + " was overwritten, and the boundary "
                            + finder.position()
                            + " was not");
        }
        cursor.position = finder.position();
        cursor.messages = finder.messages();
        countLost(position, before);
    }

    /** Moves the gate, unless the sender has demoted this receiver. */
    private void publish(long published) {
        long position = cursor.position;
        if (!gated || position == published) {
            return;
        }
        // edge GATE, to BroadcastLimit.leastGate, RingStats.ofBroadcast: the payload has been read.
        if (control.compareAndSetLong(gateOffset, published | GATED_FLAG, position | GATED_FLAG)) {
            wakeSender(position);
        } else {
            gated = false;
        }
    }

    @Override
    public boolean hasNext() {
        long position = cursor.position;
        return word(position) != UNCOMMITTED || !isIntact(position);
    }

    @Override
    public boolean isGated() {
        return gated && BroadcastDescriptor.isGated(control.getLong(gateOffset));
    }

    /** Does nothing: each call checks what it reads. */
    @Override
    public void verify() {}
}
