package io.sluice.lane;

import static io.sluice.lane.LaneDescriptor.RECEIVER_POSITION_OFFSET;
import static io.sluice.lane.RecordDescriptor.HEADER_LENGTH;
import static io.sluice.lane.RecordDescriptor.UNCOMMITTED;

import io.sluice.MessageHandler;
import io.sluice.memory.Memory;
import java.lang.foreign.MemorySegment;

/**
 * The receiving side of a lane with one receiver.
 *
 * <p>Reads on until a word is zero, hands records out in place, and gives their space back once per
 * batch. It writes to no line but its own.
 *
 * <p>A receiver that follows a stream at the sender's heels makes every message a transfer of the
 * line that the sender is writing. So when it has drained a batch of several messages it stays away
 * for a moment before it looks again, and lets lines fill; after a single message it does not,
 * because then somebody may be waiting for the answer.
 *
 * <p>Guarantee: wait-free. One thread at a time.
 */
public final class ExclusiveLaneReceiver implements LaneReceiver {
    /** The first time away, in spins of {@link Thread#onSpinWait}; it doubles while it pays. */
    private static final int FIRST_PAUSE = 8;

    /** The longest time away, in spins: a microsecond or two. */
    private static final int LONGEST_PAUSE = 64;

    private final Memory control;
    private final Memory ring;
    private final MemorySegment bytes;
    private final long mask;
    private final int maxPayloadLength;
    private final int publishInterval;
    private final EndState state = new EndState();

    /**
     * A receiver that goes on where the last one stopped.
     *
     * @param control the lane's control block
     * @param ring the lane's ring, mirrored
     */
    public ExclusiveLaneReceiver(Memory control, Memory ring) {
        this.control = control;
        this.ring = ring;
        this.bytes = ring.bytes().asReadOnly();
        int capacity = Math.toIntExact(ring.size());
        this.mask = capacity - 1;
        this.maxPayloadLength = LaneDescriptor.maxPayloadLength(capacity);
        this.publishInterval = capacity / 4;
        // No edge of its own: what the last receiver wrote came with its lock, by edge LOCK.
        long position = control.getLongAcquire(RECEIVER_POSITION_OFFSET);
        LaneDescriptor.checkReceiverPosition(position, position, capacity);
        state.position(position);
    }

    @Override
    public int poll(MessageHandler handler, int limit) {
        stayAway();
        long position = state.position();
        long published = position;
        int count = 0;
        try {
            while (count < limit) {
                // edge COMMIT, from ExclusiveLaneSender.publish: the payload is complete.
                long word = ring.getLongAcquire(position);
                if (word == UNCOMMITTED) {
                    drained(count);
                    break;
                }
                int length = RecordDescriptor.payloadLength(word, position, maxPayloadLength);
                long payload = position + HEADER_LENGTH & mask;
                position += RecordDescriptor.recordLength(length);
                count++;
                ring.beforeRead(payload, length);
                handler.onMessage(bytes, payload, length);
                if (position - published >= publishInterval) {
                    publish(position);
                    published = position;
                }
            }
        } finally {
            if (position != published) {
                publish(position);
            }
        }
        return count;
    }

    /** Lets the sender get ahead if the last batch ended with the lane drained. */
    private void stayAway() {
        int pause = state.pause();
        if (pause > 0) {
            for (int i = 0; i < pause; i++) {
                Thread.onSpinWait();
            }
            state.pause(-pause); // Spent, but remembered.
        }
    }

    /** Decides how long to stay away after a batch that emptied the lane. */
    private void drained(int count) {
        int last = Math.abs(state.pause());
        if (count > 1) {
            state.pause(Math.min(Math.max(FIRST_PAUSE, 2 * last), LONGEST_PAUSE));
        } else if (last != 0) {
            state.pause(0);
        }
    }

    private void publish(long position) {
        state.position(position);
        // edge RELEASE, to ExclusiveLaneSender.makeRoom, ExclusiveLaneSender.findPosition: the
        // payload has been read.
        control.setLongRelease(RECEIVER_POSITION_OFFSET, position);
    }

    @Override
    public boolean hasNext() {
        // edge COMMIT, from ExclusiveLaneSender.publish: the message that this promises is
        // complete.
        return ring.getLongAcquire(state.position()) != UNCOMMITTED;
    }

    @Override
    public long position() {
        return state.position();
    }

    @Override
    public int attempt() {
        return 0;
    }

    @Override
    public void verify() {}
}
