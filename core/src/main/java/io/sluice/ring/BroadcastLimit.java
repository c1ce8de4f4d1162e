package io.sluice.ring;

import static io.sluice.ring.BroadcastDescriptor.DEMOTED_FLAG;
import static io.sluice.ring.BroadcastDescriptor.INTENT_OFFSET;
import static io.sluice.ring.LaneDescriptor.SENDER_POSITION_OFFSET;
import static io.sluice.ring.RecordDescriptor.HEADER_LENGTH;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.Memory;
import java.lang.invoke.VarHandle;

/**
 * What limits the sender of a lane of which each receiver gets every message, and the marks by
 * which receivers that do not limit it find their way.
 *
 * <p><em>Gates</em>: the smallest position of the gated receivers limits the sender, as the
 * Disruptor's gating sequences do. The sender reads the gates only when it has used up what it knew
 * to be free.
 *
 * <p><em>Intent</em>: before the sender uses room, it stores the end of that room. So a receiver
 * that copied a message can tell whether it may have been overwritten meanwhile (as with the tail
 * intent of Agrona's broadcast buffer), and one that finds a zero whether its place was only
 * cleared. A full fence follows, and the gates are read again: a receiver that wants to limit the
 * sender stores its gate, fences, and reads the intent, so one of the two sees the other. The
 * sender takes room for an eighth of the ring at a time, so this costs nothing for each message.
 *
 * <p><em>Boundaries</em>: records have different lengths, so the sender notes where one begins in
 * each block of 1 KiB, and how many messages came before. The sender counts them: to read its
 * records again would take lines back that the receivers have. What it notes is its own position,
 * where the next record begins whatever happens; the end of the record that it is about to write
 * would not be there if it died. The newest boundary is always intact, since it is noted before
 * room is taken.
 *
 * <p>Invariants: no byte before intent - capacity is read by a receiver, and none after it is
 * overwritten; a word of the table belongs to the last lap in which the sender passed its block, or
 * is zero.
 *
 * <p>Guarantee: wait-free. Called by the sender's thread.
 */
final class BroadcastLimit {
    private final Memory control;
    private final Memory boundaries;
    private final int capacity;
    private final int receivers;
    private final boolean demoting;
    private long intent;

    /** The position of the last boundary noted. */
    private long boundary;

    /** The receiver whose gate limits the sender; -1 if none does. */
    private int holder = -1;

    /**
     * Creates the limit of a sender that continues where the last one stopped.
     *
     * @param control the lane's control block
     * @param boundaries the table of boundaries
     * @param capacity the capacity of the lane's ring
     * @param receivers the number of gates
     * @param demoting whether a gate that is three quarters of the ring behind is opened
     */
    BroadcastLimit(
            Memory control, Memory boundaries, int capacity, int receivers, boolean demoting) {
        this.control = control;
        this.boundaries = boundaries;
        this.capacity = capacity;
        this.receivers = receivers;
        this.demoting = demoting;
    }

    /**
     * Returns a position from which all records of the last sender can be followed, up to the first
     * uncommitted word.
     *
     * @param cursor the sender's, which is given the number of messages before that position
     */
    long resume(Cursor cursor) {
        BoundaryFinder finder = new BoundaryFinder(control, boundaries, capacity);
        if (!finder.findNewest()) {
            throw new ChannelCorruptedException("no boundary of a record in the whole table");
        }
        boundary = finder.position();
        cursor.messages = finder.messages();
        intent = control.getLong(INTENT_OFFSET);
        if (intent < 0 || intent > boundary + 2L * capacity) {
            throw new ChannelCorruptedException(
                    "the intent is " + intent + "; the sender's position was about " + boundary);
        }
        return boundary;
    }

    /** Notes and posts that the next record begins at a position, after so many messages. */
    void note(long position, long messages) {
        if (position == boundary && position > 0) {
            return;
        }
        long block = BroadcastDescriptor.block(position);
        long last = BroadcastDescriptor.block(boundary);
        long first = Math.max(last + 1, block + 1 - capacity / BroadcastDescriptor.BLOCK_LENGTH);
        for (long skipped = first; skipped < block; skipped++) {
            // No edge: a receiver that still finds the last lap's boundary checks the intent.
            boundaries.setLong(BroadcastDescriptor.boundaryOffset(skipped), 0);
        }
        // edge BOUNDARY, to BoundaryFinder.load: all messages that it counts are published.
        boundaries.setLongRelease(
                BroadcastDescriptor.boundaryOffset(block),
                BroadcastDescriptor.boundary(position, messages, capacity));
        // edge POSTED, to BoundaryFinder.sent, RingStats.ofBroadcast: the boundary is noted.
        // Receivers look for it from here.
        control.setLongRelease(SENDER_POSITION_OFFSET, position);
        boundary = position;
    }

    /**
     * Finds out how much room there is.
     *
     * @param position the sender's position
     * @param messages the number of messages before it
     * @param end the end of the record that needs room
     * @return the position up to which the sender may overwrite; less than {@code end} + 8 if there
     *     is not enough room
     */
    long load(long position, long messages, long end) {
        // Now: after this room is taken, an earlier boundary may be overwritten.
        note(position, messages);
        long wanted = Math.max(end + HEADER_LENGTH, position + capacity / 8);
        long allowed = Math.min(wanted, leastGate(position) + capacity);
        if (allowed > intent && allowed >= end + HEADER_LENGTH) {
            intent = allowed;
            // edge INTENT, to BroadcastRingReceiver.isIntact, BoundaryFinder.findOldest: nothing is
            // overwritten before.
            control.setLongRelease(INTENT_OFFSET, allowed);
            // Nothing is overwritten before the intent is visible; and a receiver that does not see
            // it has its gate seen here.
            VarHandle.fullFence();
            allowed = Math.min(allowed, leastGate(position) + capacity);
        }
        return Math.min(allowed, intent);
    }

    /** Returns the smallest position of the gated receivers; the sender's if there are none. */
    private long leastGate(long position) {
        long least = position;
        holder = -1;
        for (int i = 0; i < receivers; i++) {
            int offset = BroadcastDescriptor.gateOffset(i);
            // edge GATE, from GatedRingReceiver.publish, BroadcastRingReceiver.gate,
            // LossyRingReceiver.publish: what it has read may be overwritten.
            long gate = control.getLongAcquire(offset);
            if (!BroadcastDescriptor.isGated(gate)) {
                continue;
            }
            long gated = BroadcastDescriptor.checkGate(gate, i, position);
            if (demoting && position - gated > capacity / 4 * 3L && demote(offset, gate)) {
                continue;
            }
            if (gated < least) {
                least = gated;
                holder = i;
            }
        }
        return least;
    }

    /** Closes the gate of a receiver that has not joined yet, on its behalf. */
    void gate(int receiver, long position) {
        // No edge: this sender reads it. A receiver that joins meanwhile stores a position itself.
        control.compareAndSetLong(
                BroadcastDescriptor.gateOffset(receiver),
                BroadcastDescriptor.OPEN,
                position | BroadcastDescriptor.GATED_FLAG);
    }

    private boolean demote(int offset, long gate) {
        // No edge: the receiver learns it from the gate, and checks what it copies anyway.
        return control.compareAndSetLong(offset, gate, DEMOTED_FLAG);
    }

    /** Returns the receiver whose gate limited the sender last; -1 if none did. */
    int holder() {
        return holder;
    }

    /**
     * Checks all gates.
     *
     * @throws ChannelCorruptedException if one is where no receiver can be
     */
    void verify(long position) {
        leastGate(position);
    }
}
