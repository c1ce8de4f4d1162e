package io.sluice.ring;

import static io.sluice.ring.LaneDescriptor.SENDER_POSITION_OFFSET;
import static io.sluice.ring.OfferDescriptor.LENGTH_OFFSET;
import static io.sluice.ring.OfferDescriptor.PAYLOAD_OFFSET;
import static io.sluice.ring.OfferDescriptor.WORD_OFFSET;

import io.sluice.memory.MappingFault;
import io.sluice.memory.Memory;
import io.sluice.memory.PaddedLongs;
import java.lang.foreign.MemorySegment;

/**
 * The sending side of a lane of a rendezvous pipe. It offers one message at a time, and then either
 * observes that the message was received or retracts the offer.
 *
 * <p>The idea is that of Ada and CSP; the offer that can be retracted is that of Scherer, Lea and
 * Scott's synchronous queues. There, sender and receiver match in a heap object; here, in one
 * sequence-stamped word in front of the payload. A receiver first copies the payload and only then
 * takes the offer, by a compare-and-set of that word from ready to done: a receiver that dies or is
 * suspended before this step has taken nothing, and after it nothing needs repair.
 *
 * <p>Invariants: only this sender makes the word ready, and exactly one step makes it done: a
 * receiver's, this sender's, or that of the thread that recovers the lane after this sender's
 * death. Payload and length are written only while the word is done.
 *
 * <p>Guarantee: wait-free. One thread at a time.
 */
public final class RendezvousLaneSender implements LaneSender {
    private static final int SEQUENCE = 0;
    private static final int RECEIVED_BYTES = 1;
    private static final int LENGTH = 2;
    private static final int STATE = 3;
    private static final int RECEIVED = 4;

    private static final long IDLE = 0;
    private static final long OFFERED = 1;
    private static final long CLAIMED = 2;
    private static final long CLOSED = 3;

    private final Memory control;
    private final Memory ring;

    /** The last offer's sequence and length, the state, and what was received so far. */
    private final PaddedLongs state = new PaddedLongs();

    /**
     * Creates a sender that continues where the last one stopped. An offer that the last one left
     * is retracted.
     *
     * @param control the lane's control block
     * @param ring the lane's ring, of which only the beginning is used
     * @throws io.sluice.ChannelCorruptedException if no sender can have left this state
     */
    public RendezvousLaneSender(Memory control, Memory ring) {
        this.control = control;
        this.ring = ring;
        recover(ring);
        // edge RECEIVED, from RendezvousLaneReceiver.take: the next payload may be written.
        long word = ring.getLongAcquire(WORD_OFFSET);
        if (OfferDescriptor.isReady(word)) {
            throw OfferDescriptor.corrupted(word, "nothing offered, since no sender is attached");
        }
        state.set(SEQUENCE, SlotStateDescriptor.sequence(word));
        state.set(RECEIVED_BYTES, control.getLong(SENDER_POSITION_OFFSET));
    }

    /**
     * Retracts an offer that a dead sender left. The caller holds that sender's lock; the call may
     * be repeated. A word that no endpoint writes is left unchanged: an endpoint that uses the lane
     * detects it.
     *
     * @param ring the lane's ring
     */
    public static void recover(Memory ring) {
        // No edge: the dead sender's writes are visible through its lock, by edge LOCK.
        long word = ring.getLongAcquire(WORD_OFFSET);
        long sequence = SlotStateDescriptor.sequence(word);
        if (word == SlotStateDescriptor.ready(sequence, 0)) {
            // No edge: if it fails, the offer was received, which is final too.
            ring.compareAndSetLong(WORD_OFFSET, word, SlotStateDescriptor.done(sequence));
        }
    }

    @Override
    public boolean tryWrite(byte[] source, int offset, int length) {
        if (!isIdle()) {
            return false;
        }
        ring.write(PAYLOAD_OFFSET, source, offset, length);
        publish(length);
        return true;
    }

    @Override
    public boolean tryWrite(MemorySegment source, long offset, int length) {
        if (!isIdle()) {
            return false;
        }
        ring.write(PAYLOAD_OFFSET, source, offset, length);
        publish(length);
        return true;
    }

    @Override
    public long tryClaim(int length) {
        if (!isIdle()) {
            return -1;
        }
        MappingFault.poll(); // A fault of retracting must not leave the lane claimed.
        state.set(STATE, CLAIMED);
        return PAYLOAD_OFFSET;
    }

    @Override
    public void commit(int length) {
        ring.afterWrite(PAYLOAD_OFFSET, length);
        publish(length);
    }

    @Override
    public void abort() {
        state.set(STATE, IDLE);
    }

    /** Tests whether a message can be offered, after retracting an offer left by a failure. */
    private boolean isIdle() {
        if (state.get(STATE) == OFFERED) {
            retract();
        }
        return state.get(STATE) == IDLE;
    }

    private void publish(int length) {
        long sequence = state.get(SEQUENCE) + 1;
        state.set(SEQUENCE, sequence);
        state.set(LENGTH, length);
        state.set(STATE, OFFERED);
        ring.setLong(LENGTH_OFFSET, length);
        // edge OFFER, to RendezvousLaneReceiver.poll, RendezvousLaneReceiver.hasNext,
        // RingStats.ofRendezvous, RendezvousPeek.peek: payload and length are visible before the
        // word.
        ring.setLongRelease(WORD_OFFSET, SlotStateDescriptor.ready(sequence, 0));
    }

    /**
     * Tests whether the last offer has been received. Must not be called after a retraction.
     *
     * @return whether the message was received
     * @throws io.sluice.ChannelCorruptedException if the word does not belong to this offer
     */
    public boolean isReceived() {
        // edge RECEIVED, from RendezvousLaneReceiver.take: the next payload may be written.
        long word = ring.getLongAcquire(WORD_OFFSET);
        long sequence = state.get(SEQUENCE);
        if (word == SlotStateDescriptor.done(sequence)) {
            onReceived();
            return true;
        }
        if (word != SlotStateDescriptor.ready(sequence, 0)) {
            throw OfferDescriptor.corrupted(
                    word, "the offer of sequence " + sequence + ", ready or done");
        }
        return false;
    }

    /** Counts the message, and posts the bytes for observers; the protocol does not use them. */
    private void onReceived() {
        state.set(STATE, IDLE);
        state.set(RECEIVED, state.get(RECEIVED) + 1);
        long bytes = state.get(RECEIVED_BYTES) + state.get(LENGTH);
        state.set(RECEIVED_BYTES, bytes);
        control.setLong(SENDER_POSITION_OFFSET, bytes);
    }

    /**
     * Retracts the last offer, unless it has been received.
     *
     * @return whether it was retracted; if not, it was received
     * @throws io.sluice.ChannelCorruptedException if the word does not belong to this offer
     */
    public boolean retract() {
        long sequence = state.get(SEQUENCE);
        long ready = SlotStateDescriptor.ready(sequence, 0);
        // edge RECEIVED, from RendezvousLaneReceiver.take: if the compare-and-set fails.
        if (ring.compareAndSetLong(WORD_OFFSET, ready, SlotStateDescriptor.done(sequence))) {
            state.set(STATE, IDLE);
            return true;
        }
        if (!isReceived()) { // A ready word only changes to done, which is final.
            throw OfferDescriptor.corrupted(ready, "it to stay done: it was, a moment ago");
        }
        return false;
    }

    @Override
    public Memory ring() {
        return ring;
    }

    /** Returns the number of messages received: a retracted offer is no progress. */
    @Override
    public long receiverProgress() {
        return state.get(RECEIVED);
    }

    /**
     * Returns the length of the last offer.
     *
     * @return the length in bytes
     */
    public int offeredLength() {
        return (int) state.get(LENGTH);
    }

    /** Returns the number of payload bytes that were received. */
    @Override
    public long position() {
        return state.get(RECEIVED_BYTES);
    }

    /** Does nothing: every load of the word checks it. */
    @Override
    public void verify() {}

    @Override
    public void close() {
        try {
            if (state.get(STATE) == OFFERED) {
                retract();
            }
        } finally {
            state.set(STATE, CLOSED); // Even if the offer was corrupt.
        }
    }
}
