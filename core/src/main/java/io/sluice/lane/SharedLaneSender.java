package io.sluice.lane;

import static io.sluice.lane.ClaimWordDescriptor.PLACE_OFFSET;
import static io.sluice.lane.ClaimWordDescriptor.STRIDE;
import static io.sluice.lane.LaneDescriptor.SENDER_POSITION_OFFSET;

import io.sluice.memory.Memory;
import java.lang.foreign.MemorySegment;

/**
 * The sending side of a lane with several receivers; each message goes to one of them.
 *
 * <p>Next to the ring of payloads there is a ring of {@linkplain ClaimWordDescriptor claims} at a
 * fixed stride, one per message. A receiver takes a message by a compare-and-set that records it as
 * the owner, so the death of a receiver never loses a message. (The idea is that of iceoryx2's
 * owned indices, the sequence stamp is that of Vyukov's queue; but here only one sender writes, so
 * it needs no compare-and-set.)
 *
 * <p>Invariants: records are contiguous, in the order of their sequences; a claim is made ready for
 * sequence q only if its record of sequence q minus the number of claims is done; the space of a
 * message that is not done is not written. So a sender that dies at any instruction leaves nothing
 * to repair.
 *
 * <p>A receiver that is suspended while it has a message keeps that message's space: once the
 * sender has gone around the ring to it, the lane is full until the receiver continues or dies.
 *
 * <p>Guarantee: wait-free. One thread at a time.
 */
public final class SharedLaneSender implements RingSender {
    /** A limit below every position: each attempt then calls {@link #makeRoom}. */
    private static final long NO_ROOM = Long.MIN_VALUE;

    /** How many claims are examined even if fewer make room, since a cache line holds several. */
    private static final int AHEAD = 64;

    private final Memory control;
    private final Memory claims;
    private final Memory ring;
    private final int capacity;
    private final int count;
    private final EndState state = new EndState();
    private final Outstanding outstanding;

    /**
     * Creates a sender that continues where the last one stopped.
     *
     * @param control the lane's control block
     * @param claims the lane's claims, {@link ClaimWordDescriptor#count} of them
     * @param ring the lane's ring, mirrored
     * @throws io.sluice.ChannelCorruptedException if no sender can have left this state
     */
    public SharedLaneSender(Memory control, Memory claims, Memory ring) {
        this.control = control;
        this.claims = claims;
        this.ring = ring;
        this.capacity = Math.toIntExact(ring.size());
        this.count = ClaimWordDescriptor.count(claims, ring);
        this.outstanding = Outstanding.find(claims, capacity);
        // No edge of its own: the last sender's writes are visible through its lock, by edge LOCK.
        outstanding.unwrap(control.getLong(SENDER_POSITION_OFFSET));
        goOn();
    }

    private void goOn() {
        state.position(outstanding.end());
        state.limit(outstanding.start() + capacity);
    }

    @Override
    public long sequence() {
        return outstanding.next();
    }

    @Override
    public void restart(long position, long sequence) {
        // No edge of their own: an endpoint that acts on them has seen the segment linked, by edge
        // LINK. The hint is of a new epoch: a receiver that examined the earlier contents does not
        // advance it.
        for (long done = sequence - count; done < sequence; done++) {
            claims.setLong(done * STRIDE + PLACE_OFFSET, RecordDescriptor.word(position, 0));
            claims.setLong(done * STRIDE, ClaimWordDescriptor.done(done));
        }
        control.setLong(SENDER_POSITION_OFFSET, position);
        SharedLaneRecovery.restartHint(control, sequence);
        outstanding.restart(sequence, position);
        goOn();
    }

    @Override
    public boolean tryWrite(byte[] source, int offset, int length) {
        long position = state.position();
        if (!hasRoom(position, length)) {
            return false;
        }
        ring.write(position, source, offset, length);
        publish(position, length);
        return true;
    }

    @Override
    public boolean tryWrite(MemorySegment source, long offset, int length) {
        long position = state.position();
        if (!hasRoom(position, length)) {
            return false;
        }
        ring.write(position, source, offset, length);
        publish(position, length);
        return true;
    }

    @Override
    public long tryClaim(int length) {
        long position = state.position();
        if (!hasRoom(position, length)) {
            return -1;
        }
        state.savedLimit(state.limit());
        state.limit(NO_ROOM);
        return ring.index(position);
    }

    @Override
    public void commit(int length) {
        long position = state.position();
        ring.afterWrite(position, length);
        publish(position, length);
        state.limit(state.savedLimit());
    }

    @Override
    public void abort() {
        state.limit(state.savedLimit());
    }

    private void publish(long position, int length) {
        long sequence = outstanding.next();
        claims.setLong(sequence * STRIDE + PLACE_OFFSET, RecordDescriptor.word(position, length));
        // edge SHARED_COMMIT, to SharedLaneReceiver.poll, SharedLaneReceiver.hasNext,
        // LaneGauge.ofShared: payload and place are visible before the claim word.
        claims.setLongRelease(sequence * STRIDE, ClaimWordDescriptor.ready(sequence, 0));
        outstanding.add(length);
        state.position(outstanding.end());
    }

    private boolean hasRoom(long position, int length) {
        return fits(position, length) || makeRoom(position, length);
    }

    private boolean fits(long position, int length) {
        return position + ClaimWordDescriptor.ringLength(length) <= state.limit()
                && !outstanding.isFull();
    }

    /**
     * Removes the records that are done, from the oldest on, until the message fits, and some more.
     */
    private boolean makeRoom(long position, int length) {
        if (state.limit() == NO_ROOM) {
            return false; // Closed, or a message is claimed.
        }
        postPosition();
        for (int i = 0; !outstanding.isEmpty() && (i < AHEAD || !fits(position, length)); i++) {
            long sequence = outstanding.first();
            // edge SHARED_RELEASE, from SharedLaneReceiver.handOut, SharedLaneRecovery.drop: a
            // payload that was read may be overwritten.
            long word = claims.getLongAcquire(sequence * STRIDE);
            if (!isDone(word, sequence)) {
                break;
            }
            outstanding.removeFirst();
            state.limit(outstanding.start() + capacity);
        }
        return fits(position, length);
    }

    /**
     * Frees at least a quarter of the ring, unless a receiver is processing a message there: the
     * space behind that message is not available yet.
     */
    @Override
    public boolean dropOldest(int length, Runnable count) {
        long needed = outstanding.end() + ClaimWordDescriptor.ringLength(length) - capacity;
        long start = outstanding.start();
        long end = Math.max(needed, start + capacity / 4);
        boolean room = false;
        for (long sequence = outstanding.first();
                sequence < outstanding.next() && start < end;
                sequence++) {
            // No edge: the sender wrote the message; makeRoom decides which space is reused.
            long word = claims.getLongAcquire(sequence * STRIDE);
            if (SharedRings.drop(claims, sequence * STRIDE, word)) {
                count.run();
            } else if (!isDone(word, sequence)) {
                break;
            }
            room = true;
            start += outstanding.length(sequence);
        }
        return room;
    }

    /** Tests whether an in-flight record is done; if not, it must be ready or taken. */
    private boolean isDone(long word, long sequence) {
        if (word == ClaimWordDescriptor.done(sequence)) {
            return true;
        }
        if (ClaimWordDescriptor.distance(ClaimWordDescriptor.sequence(word), sequence) != 0
                || !ClaimWordDescriptor.isSound(word, sequence, count)) {
            throw ClaimWordDescriptor.corrupted(
                    word, sequence, count, "sequence " + sequence + ", sent and not yet received");
        }
        return false;
    }

    @Override
    public Memory ring() {
        return ring;
    }

    /** Returns the oldest sequence that was not done when the sender last tried to make room. */
    @Override
    public long receiverProgress() {
        return outstanding.first();
    }

    /** Posts a position that is never ahead of what was published, and less than a lap behind. */
    private void postPosition() {
        // edge POSTED, to LaneGauge.ofShared: all messages before it are published.
        control.setLongRelease(SENDER_POSITION_OFFSET, state.position());
    }

    @Override
    public long position() {
        return state.position();
    }

    @Override
    public void verify() {
        for (long sequence = outstanding.first(); sequence < outstanding.next(); sequence++) {
            // No edge: the result is only a check.
            isDone(claims.getLongAcquire(sequence * STRIDE), sequence);
        }
    }

    @Override
    public int heldBy() {
        if (outstanding.isEmpty()) {
            return -1;
        }
        // No edge: a caller that acts on the result holds that receiver's lock.
        long word = claims.getLongAcquire(outstanding.first() * STRIDE);
        return ClaimWordDescriptor.state(word) == ClaimWordDescriptor.TAKEN
                ? ClaimWordDescriptor.owner(word)
                : -1;
    }

    @Override
    public void close() {
        state.limit(NO_ROOM);
        postPosition();
    }
}
