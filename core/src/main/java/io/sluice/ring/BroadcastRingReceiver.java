package io.sluice.ring;

import static io.sluice.ring.BroadcastDescriptor.INTENT_OFFSET;
import static io.sluice.ring.LaneDescriptor.SENDER_EVENT_OFFSET;
import static io.sluice.ring.LaneDescriptor.WAKEUP_POSITION_OFFSET;
import static io.sluice.ring.RecordDescriptor.UNCOMMITTED;

import io.sluice.ChannelCorruptedException;
import io.sluice.PipePosition;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import io.sluice.wait.FutexEvent;
import java.lang.invoke.VarHandle;

/**
 * The receiving side of a lane of which each receiver gets every message: how it joins, and how it
 * leaves.
 *
 * <p>A receiver joins at a boundary that the sender has noted. If it is to be gated, it stores its
 * gate there, fences, and then checks the intent: unless the sender had taken that room before, it
 * sees the gate before it takes it. Otherwise the receiver tries a later boundary. Its gate stays
 * meanwhile, and holds the sender, so two or three attempts are enough.
 *
 * <p>Guarantee: joining is wait-free. One thread at a time.
 */
abstract sealed class BroadcastRingReceiver implements LaneReceiver
        permits GatedRingReceiver, LossyRingReceiver {
    /** The attempts to join; a sender at full speed rarely makes one fail. */
    private static final int MAX_TRIES = 1000;

    final Memory control;
    final Memory ring;
    final int capacity;
    final int maxPayloadLength;
    final int gateOffset;
    final BoundaryFinder finder;
    final Cursor cursor;
    final DrainBackoff drainBackoff;

    private final FutexEvent senderEvent;
    private long lostMessages;
    private long lostBytes;
    private LossListener lossListener = (messages, bytes) -> {};

    BroadcastRingReceiver(RingMemory lane, int receiver, DrainBackoff drainBackoff) {
        this.control = lane.control();
        this.ring = lane.ring();
        this.capacity = Math.toIntExact(ring.size());
        this.maxPayloadLength = LaneDescriptor.maxPayloadLength(capacity);
        this.gateOffset = BroadcastDescriptor.gateOffset(receiver);
        this.finder = new BoundaryFinder(control, lane.slotStates(), capacity);
        this.cursor = drainBackoff.cursor;
        this.drainBackoff = drainBackoff;
        this.senderEvent = new FutexEvent(control, SENDER_EVENT_OFFSET);
    }

    /**
     * Joins the lane.
     *
     * @param start where to begin
     * @param gated whether the sender must not overwrite what this receiver has not received
     * @throws IllegalArgumentException if no record begins at the start
     * @throws ChannelCorruptedException if the lane has no boundaries
     */
    final void join(PipePosition start, boolean gated) {
        if (start.bytes() > 0 && start.bytes() % RecordDescriptor.ALIGNMENT != 0) {
            throw noMessageAt(start);
        }
        boolean joined = false;
        try {
            for (int tries = 0; tries < MAX_TRIES && !joined; tries++) {
                joined = tryJoin(start, gated) && (!gated || tryGate(cursor.position));
            }
        } finally {
            if (!joined && gated) {
                openGate();
            }
        }
        if (!joined) {
            throw new ChannelCorruptedException(
                    "no boundary of a record after the intent " + control.getLong(INTENT_OFFSET));
        }
        if (start.bytes() >= 0) {
            countLost(start.bytes(), start.messages());
        }
    }

    private boolean tryJoin(PipePosition start, boolean gated) {
        long target = start.bytes();
        boolean known = target >= 0 && target < finder.sent();
        if (known && isIntact(target)) {
            begin(target, start.messages(), gated);
            long word = word(target);
            if (!isIntact(target)) {
                return false;
            }
            if (!RecordDescriptor.isValid(word, target, maxPayloadLength)) {
                throw noMessageAt(start);
            }
            return true;
        }
        boolean oldest = known || start.equals(PipePosition.OLDEST);
        if (!(oldest ? finder.findOldest(0) : finder.findNewest())) {
            return false;
        }
        begin(finder.position(), finder.messages(), gated);
        return isIntact(cursor.position) && (oldest || advance(start));
    }

    private void begin(long position, long count, boolean gated) {
        cursor.position = position;
        cursor.messages = count;
        if (gated) {
            gate(position);
            VarHandle.fullFence(); // The gate is visible before the intent is read.
        }
    }

    /**
     * Moves the gate to where this receiver begins. The sender may have demoted it since it stored
     * its first gate, and taken that room.
     *
     * @return whether the sender will not overwrite what follows
     */
    private boolean tryGate(long position) {
        gate(position);
        VarHandle.fullFence(); // As above.
        return isIntact(position);
    }

    /**
     * Follows the records up to the start, or up to the newest one.
     *
     * @return false if the sender was faster
     */
    private boolean advance(PipePosition start) {
        long target = start.bytes();
        while (target < 0 || cursor.position < target) {
            long position = cursor.position;
            long word = word(position);
            if (!isIntact(position)) {
                return false;
            }
            if (word == UNCOMMITTED) {
                break;
            }
            int length = RecordDescriptor.payloadLength(word, position, maxPayloadLength);
            cursor.position += RecordDescriptor.recordLength(length);
            cursor.messages++;
        }
        if (target >= 0 && !place().equals(start)) {
            throw noMessageAt(start);
        }
        return true;
    }

    private static IllegalArgumentException noMessageAt(PipePosition start) {
        return new IllegalArgumentException("no message of this pipe begins at " + start);
    }

    /** Reads the word of a record. */
    final long word(long position) {
        // edge COMMIT, from SpscRingSender.publish: the payload is complete.
        return ring.getLongAcquire(position);
    }

    /** Tests whether what was read at a position before was not overwritten yet. */
    final boolean isIntact(long position) {
        VarHandle.acquireFence(); // What was read before is not read later.
        // edge INTENT, from BroadcastLimit.load
        return position + capacity >= control.getLongAcquire(INTENT_OFFSET);
    }

    /** Counts what lies between a position and this receiver's as lost. */
    final void countLost(long fromBytes, long fromMessages) {
        long bytes = cursor.position - fromBytes;
        long messages = BroadcastDescriptor.difference(cursor.messages, fromMessages);
        lostBytes += bytes;
        lostMessages += messages;
        lossListener.onLost(messages, bytes);
    }

    private void gate(long position) {
        // edge GATE, to BroadcastLimit.leastGate, RingStats.ofBroadcast: what is before it may be
        // overwritten.
        control.setLongRelease(gateOffset, position | BroadcastDescriptor.GATED_FLAG);
    }

    /** Wakes the sender if it waits for this position; called after the gate was moved. */
    final void wakeSender(long position) {
        if (FutexEvent.isArmed(control, SENDER_EVENT_OFFSET)
                && position >= control.getLong(WAKEUP_POSITION_OFFSET)) {
            senderEvent.notifyOne();
        }
    }

    /** Stops limiting the sender. */
    final void openGate() {
        openGate(control, gateOffset);
    }

    /** Opens the gate of a receiver that has left or is dead, by its lane's control block. */
    static void openGate(Memory control, int gateOffset) {
        // No edge: its reads are complete, or it is dead.
        control.setLongRelease(gateOffset, BroadcastDescriptor.OPEN);
    }

    /** Leaves the lane: this receiver does not limit the sender any more. */
    @Override
    public final void leave() {
        openGate();
    }

    @Override
    public abstract boolean isGated();

    /** Returns the number of messages that were overwritten before they were received here. */
    @Override
    public final long lostMessages() {
        return lostMessages;
    }

    /** Returns the number of bytes of these messages, including their overhead. */
    @Override
    public final long lostBytes() {
        return lostBytes;
    }

    @Override
    public final void onLost(LossListener listener) {
        lossListener = listener;
        if (lostMessages > 0) {
            listener.onLost(lostMessages, lostBytes);
        }
    }

    /** Returns the place of the next message. */
    @Override
    public final PipePosition place() {
        return new PipePosition(
                cursor.position, cursor.messages & BroadcastDescriptor.MESSAGES_MASK);
    }

    @Override
    public final long position() {
        return cursor.position;
    }

    /** Returns 0: messages of a dead receiver are not delivered to another one. */
    @Override
    public final int deliveryAttempt() {
        return 0;
    }
}
