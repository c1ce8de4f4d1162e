package io.sluice.lane;

import static io.sluice.lane.ClaimWordDescriptor.PLACE_OFFSET;
import static io.sluice.lane.ClaimWordDescriptor.STRIDE;
import static io.sluice.lane.LaneDescriptor.SENDER_POSITION_OFFSET;

import io.sluice.memory.Memory;
import java.lang.foreign.MemorySegment;

/**
 * The sending side of a lane with many receivers, each message for one of them.
 *
 * <p>Beside the ring of payload lies a ring of {@linkplain ClaimWordDescriptor claims} at a fixed
 * stride, one a message. Who takes a message says so in the compare-and-set that takes it, so that
 * the death of a receiver never loses one (the idea is that of iceoryx2's owned indices, the
 * stamped turn that of Vyukov's queue; but only one sender writes here, so it needs no
 * compare-and-set).
 *
 * <p>Invariants: records lie end to end in the order of their sequences; a claim is made ready for
 * sequence q only if its record of q less the count is done; where a message that is not done lies,
 * nothing is written. So a sender that dies at any instruction leaves nothing to repair.
 *
 * <p>A receiver that is stopped while it has a message keeps that message's space: when the lane
 * has gone around to it, it is full until the receiver goes on or dies.
 *
 * <p>Guarantee: wait-free. One thread at a time.
 */
public final class SharedLaneSender implements RingSender {
    /** A limit that is below every position: each attempt then goes to {@link #makeRoom}. */
    private static final long NO_ROOM = Long.MIN_VALUE;

    /** How many claims are looked at beyond what is needed, since one line holds several. */
    private static final int AHEAD = 64;

    private final Memory control;
    private final Memory claims;
    private final Memory ring;
    private final int capacity;
    private final int count;
    private final EndState state = new EndState();
    private final Outstanding outstanding;

    /**
     * A sender that goes on where the last one stopped.
     *
     * @param control the lane's control block
     * @param claims the lane's claims, {@link ClaimWordDescriptor#count} of them
     * @param ring the lane's ring, mirrored
     * @throws io.sluice.ChannelCorruptedException if no sender left it so
     */
    public SharedLaneSender(Memory control, Memory claims, Memory ring) {
        this.control = control;
        this.claims = claims;
        this.ring = ring;
        this.capacity = Math.toIntExact(ring.size());
        this.count = ClaimWordDescriptor.count(claims, ring);
        this.outstanding = Outstanding.find(claims, capacity);
        // No edge of its own: what the last sender wrote came with its lock, by edge LOCK.
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
        // No edge of their own: whoever acts on them has seen the segment linked, by edge LINK. The
        // hint is of a new epoch: nobody moves it on who has looked at what was here before.
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
        // LaneGauge.ofShared: payload and place are visible first.
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

    /** Looks what has been received, from the oldest on, as far as it takes and a little more. */
    private boolean makeRoom(long position, int length) {
        if (state.limit() == NO_ROOM) {
            return false; // Closed, or a message is claimed.
        }
        postPosition();
        for (int i = 0; !outstanding.isEmpty() && (i < AHEAD || !fits(position, length)); i++) {
            long sequence = outstanding.first();
            // edge SHARED_RELEASE, from SharedLaneReceiver.handOut, SharedLaneRecovery.drop: what
            // has been read may be written again.
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
     * A quarter of the ring at least; what lies behind one that is being received is no room yet.
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
            // No edge: the sender wrote the message. Where it may write again makeRoom sees.
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

    /** Whether an outstanding record is done. If not, it must be ready or taken. */
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

    /** The sequence of the oldest message that was not done when there was no room last. */
    @Override
    public long receiverProgress() {
        return outstanding.first();
    }

    /** Never ahead of what was published, and less than a lap behind. */
    private void postPosition() {
        // edge POSTED, to LaneGauge.ofShared: all before it is published.
        control.setLongRelease(SENDER_POSITION_OFFSET, state.position());
    }

    @Override
    public long position() {
        return state.position();
    }

    @Override
    public void verify() {
        for (long sequence = outstanding.first(); sequence < outstanding.next(); sequence++) {
            // No edge: nothing is done about what it says.
            isDone(claims.getLongAcquire(sequence * STRIDE), sequence);
        }
    }

    @Override
    public int heldBy() {
        if (outstanding.isEmpty()) {
            return -1;
        }
        // No edge: whoever acts on it holds that receiver's lock.
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
