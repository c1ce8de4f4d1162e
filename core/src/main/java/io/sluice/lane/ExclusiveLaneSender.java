package io.sluice.lane;

import static io.sluice.lane.LaneDescriptor.RECEIVER_POSITION_OFFSET;
import static io.sluice.lane.LaneDescriptor.SENDER_POSITION_OFFSET;
import static io.sluice.lane.LaneDescriptor.TAKEN_POSITION_OFFSET;
import static io.sluice.lane.LaneDescriptor.WANTED_POSITION_OFFSET;
import static io.sluice.lane.RecordDescriptor.HEADER_LENGTH;
import static io.sluice.lane.RecordDescriptor.UNCOMMITTED;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.Memory;
import java.lang.foreign.MemorySegment;

/**
 * The sending side of a lane with one receiver.
 *
 * <p>Publishes a record by its own word (the idea is that of Agrona's and Aeron's length fields).
 * The <em>next</em> record's word was cleared before, so that the receiver never has to zero what
 * it has read: data lines are written by the sender alone, and move once. It clears some lines at a
 * time, which also brings them from the receiver's CPU, many at once instead of one by one.
 *
 * <p>Invariants: the word at the sender's position is zero, and so is all from there to
 * <em>cleared</em>, unless a record is being written there; nothing beyond it is ever read by the
 * receiver; between the receiver's position and the sender's lie whole committed records. So a
 * sender that dies at any instruction leaves nothing to repair.
 *
 * <p>Guarantee: wait-free. One thread at a time.
 */
public final class ExclusiveLaneSender implements RingSender {
    /** A limit that is below every position: each attempt then goes to {@link #makeRoom}. */
    private static final long NO_ROOM = Long.MIN_VALUE;

    /** How much is cleared at once, in bytes: sixteen lines (ADR 6). */
    private static final int AHEAD = 1024;

    private static final byte[] ZEROS = new byte[AHEAD];

    private final Memory control;
    private final Memory ring;
    private final int capacity;
    private final EndState state = new EndState();

    /**
     * A sender that goes on where the last one stopped.
     *
     * @param control the lane's control block
     * @param ring the lane's ring, mirrored
     */
    public ExclusiveLaneSender(Memory control, Memory ring) {
        this.control = control;
        this.ring = ring;
        this.capacity = Math.toIntExact(ring.size());
        goOn();
    }

    private void goOn() {
        state.position(findPosition());
        state.room(0);
        forgetCleared();
    }

    @Override
    public long sequence() {
        return 0;
    }

    @Override
    public void restart(long position, long sequence) {
        // No edge of their own: whoever reads them has seen the segment linked, by edge LINK.
        control.setLong(SENDER_POSITION_OFFSET, position);
        control.setLong(RECEIVER_POSITION_OFFSET, position);
        control.setLong(TAKEN_POSITION_OFFSET, position);
        ring.setLong(position, UNCOMMITTED);
        goOn();
    }

    /** The first uncommitted word behind the receiver's position: there the last sender stopped. */
    private long findPosition() {
        // edge RELEASE, from ExclusiveLaneReceiver.publish: space behind this position is ours.
        long received = control.getLongAcquire(RECEIVER_POSITION_OFFSET);
        LaneDescriptor.checkReceiverPosition(received, received, capacity);
        long position = received;
        while (position - received < capacity) {
            // No edge of its own: what the last sender wrote came with its lock, by edge LOCK.
            long word = ring.getLongAcquire(position);
            if (word == UNCOMMITTED) {
                return position;
            }
            int length =
                    RecordDescriptor.payloadLength(
                            word, position, LaneDescriptor.maxPayloadLength(capacity));
            position += RecordDescriptor.recordLength(length);
        }
        throw new ChannelCorruptedException(
                "no uncommitted word within "
                        + capacity
                        + " bytes of the receiver's position "
                        + received);
    }

    @Override
    public boolean tryWrite(byte[] source, int offset, int length) {
        long position = state.position();
        int recordLength = RecordDescriptor.recordLength(length);
        if (!hasRoom(position, recordLength)) {
            return false;
        }
        ring.write(position + HEADER_LENGTH, source, offset, length);
        publish(position, recordLength, length);
        return true;
    }

    @Override
    public boolean tryWrite(MemorySegment source, long offset, int length) {
        long position = state.position();
        int recordLength = RecordDescriptor.recordLength(length);
        if (!hasRoom(position, recordLength)) {
            return false;
        }
        boolean written = false;
        try {
            ring.write(position + HEADER_LENGTH, source, offset, length);
            written = true;
        } finally {
            if (!written) {
                forgetCleared(); // The source is gone in the middle of it.
            }
        }
        publish(position, recordLength, length);
        return true;
    }

    @Override
    public long tryClaim(int length) {
        long position = state.position();
        int recordLength = RecordDescriptor.recordLength(length);
        if (!hasRoom(position, recordLength)) {
            return -1;
        }
        state.savedLimit(state.limit());
        state.limit(NO_ROOM);
        return ring.index(position + HEADER_LENGTH);
    }

    @Override
    public void commit(int length) {
        long position = state.position();
        ring.afterWrite(position + HEADER_LENGTH, length);
        publish(position, RecordDescriptor.recordLength(length), length);
        state.limit(state.savedLimit());
    }

    @Override
    public void abort() {
        forgetCleared(); // Something may have been written there.
    }

    /** Only the word at this position is known to be zero. */
    private void forgetCleared() {
        state.cleared(state.position() + HEADER_LENGTH);
        state.limit(state.position());
    }

    private void publish(long position, int recordLength, int length) {
        long next = position + recordLength;
        // edge COMMIT, to ExclusiveLaneReceiver.poll, ExclusiveLaneReceiver.pollAgain,
        // ExclusiveLaneReceiver.hasNext,
        // ExclusiveLaneReceiver.peekLong, LaneGauge.ofExclusive: payload and the cleared next word
        // are visible first.
        ring.setLongRelease(position, RecordDescriptor.word(position, length));
        state.position(next);
    }

    private boolean hasRoom(long position, int recordLength) {
        return position + recordLength <= state.limit() || makeRoom(position, recordLength);
    }

    /**
     * Looks where the receiver is, if that is needed. The room leaves space for the word behind the
     * record. The limit is less than the room can be, so that this is called several times in a lap
     * and leaves the sender's position behind, which then costs the hot path nothing.
     */
    private boolean makeRoom(long position, int recordLength) {
        if (state.limit() == NO_ROOM) {
            return false; // Closed, or a message is claimed.
        }
        long end = position + recordLength;
        if (end > state.room()) {
            // edge RELEASE, from ExclusiveLaneReceiver.publish: what it has read may be written
            // again.
            long received = control.getLongAcquire(RECEIVER_POSITION_OFFSET);
            LaneDescriptor.checkReceiverPosition(received, position, capacity);
            state.room(received + capacity - HEADER_LENGTH);
        }
        postPosition(position);
        if (end > state.room()) {
            // Half empty, or more if this message needs it: else each message is a wake-up.
            long wanted = Math.max(end + HEADER_LENGTH - capacity, position - capacity / 2);
            control.setLong(WANTED_POSITION_OFFSET, wanted);
            return false;
        }
        clear(end, recordLength);
        long cleared = state.cleared() - HEADER_LENGTH;
        state.limit(Math.max(end, Math.min(cleared, position + capacity / 4)));
        return true;
    }

    /**
     * Clears the word behind the record, and what follows it up to some lines further: a line that
     * the receiver has must come from there, and many come in hardly more time than one. Not across
     * the ring's end, so that only payload needs the ring to be mirrored.
     */
    private void clear(long end, int recordLength) {
        if (end < state.cleared()) {
            return;
        }
        // What lies before the end will be payload of this record.
        int length = recordLength > AHEAD ? HEADER_LENGTH : AHEAD;
        length = (int) Math.min(length, state.room() + HEADER_LENGTH - end);
        length = (int) Math.min(length, capacity - ring.index(end));
        ring.write(end, ZEROS, 0, length);
        state.cleared(end + length);
    }

    /** The hint is never ahead of what was published: it is the position of the next record. */
    private void postPosition(long position) {
        // edge POSTED, to ExclusiveLaneReceiver.verify: all before it is published.
        control.setLongRelease(SENDER_POSITION_OFFSET, position);
    }

    @Override
    public Memory ring() {
        return ring;
    }

    @Override
    public long receiverProgress() {
        return state.room();
    }

    @Override
    public long position() {
        return state.position();
    }

    @Override
    public void verify() {
        long position = state.position();
        // edge RELEASE, from ExclusiveLaneReceiver.publish
        long received = control.getLongAcquire(RECEIVER_POSITION_OFFSET);
        LaneDescriptor.checkReceiverPosition(received, position, capacity);
        // No edge: this sender wrote it, or the one before, whose lock it has got.
        long word = ring.getLongAcquire(received);
        if (received != position) {
            RecordDescriptor.payloadLength(
                    word, received, LaneDescriptor.maxPayloadLength(capacity));
        } else if (word != UNCOMMITTED) {
            throw new ChannelCorruptedException(
                    String.format(
                            "the word 0x%016x at the sender's position %d; expected 0",
                            word, position));
        }
    }

    @Override
    public void close() {
        state.limit(NO_ROOM);
        postPosition(state.position());
    }
}
