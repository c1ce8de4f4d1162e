package io.sluice.lane;

import static io.sluice.lane.LaneDescriptor.SENDER_POSITION_OFFSET;
import static io.sluice.lane.OfferDescriptor.LENGTH_OFFSET;
import static io.sluice.lane.OfferDescriptor.PAYLOAD_OFFSET;
import static io.sluice.lane.OfferDescriptor.WORD_OFFSET;

import io.sluice.memory.Memory;
import io.sluice.memory.PrivateWords;
import java.lang.foreign.MemorySegment;

/**
 * The sending side of a lane of a rendezvous pipe. It offers one message at a time, and then either
 * sees that it was received or takes it back.
 *
 * <p>The idea is Ada's and CSP's, the offer that can be taken back is that of Scherer, Lea and
 * Scott's synchronous queues. There the two meet in a heap object; here it is one stamped word in
 * front of the payload. A receiver copies the payload first and only then takes the offer, by a
 * compare-and-set of that word from ready to done: so who dies, or is stopped, before that step has
 * taken nothing, and after it nothing has to be repaired.
 *
 * <p>Invariants: the word is written by this sender, who alone makes it ready, and by exactly one
 * step that makes it done: a receiver's, this sender's own, or that of who recovers it when it is
 * dead. Payload and length are written only while the word is done.
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

    /** The last offer's sequence and length, what goes on, and what was received until now. */
    private final PrivateWords state = new PrivateWords();

    /**
     * A sender that goes on where the last one stopped. What that one left offered is taken back.
     *
     * @param control the lane's control block
     * @param ring the lane's ring, of which it uses the beginning
     * @throws io.sluice.ChannelCorruptedException if no sender left it so
     */
    public RendezvousLaneSender(Memory control, Memory ring) {
        this.control = control;
        this.ring = ring;
        recover(ring);
        // edge RECEIVED, from RendezvousLaneReceiver.take: the next payload may be written.
        long word = ring.getLongAcquire(WORD_OFFSET);
        if (OfferDescriptor.isReady(word)) {
            throw OfferDescriptor.corrupted(word, "nothing offered, since nobody sends here");
        }
        state.set(SEQUENCE, ClaimWordDescriptor.sequence(word));
        state.set(RECEIVED_BYTES, control.getLong(SENDER_POSITION_OFFSET));
    }

    /**
     * Takes back what a dead sender has left offered. With its lock held; may be repeated. A word
     * that no end writes is left alone: whoever uses the lane is told.
     *
     * @param ring the lane's ring
     */
    public static void recover(Memory ring) {
        // No edge: what the dead one did came with its lock, by edge LOCK.
        long word = ring.getLongAcquire(WORD_OFFSET);
        long sequence = ClaimWordDescriptor.sequence(word);
        if (word == ClaimWordDescriptor.ready(sequence, 0)) {
            // No edge: if it fails it was received, and that is as well.
            ring.compareAndSetLong(WORD_OFFSET, word, ClaimWordDescriptor.done(sequence));
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

    /** An offer that a failure has left is not idle until it is received, or taken back. */
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
        // LaneGauge.ofRendezvous: payload and length are visible first.
        ring.setLongRelease(WORD_OFFSET, ClaimWordDescriptor.ready(sequence, 0));
    }

    /**
     * Whether the last offer has been received. If it was taken back, not to be asked.
     *
     * @return whether it is done
     * @throws io.sluice.ChannelCorruptedException if the word is none of this offer
     */
    public boolean isReceived() {
        // edge RECEIVED, from RendezvousLaneReceiver.take: the next payload may be written.
        long word = ring.getLongAcquire(WORD_OFFSET);
        long sequence = state.get(SEQUENCE);
        if (word == ClaimWordDescriptor.done(sequence)) {
            received();
            return true;
        }
        if (word != ClaimWordDescriptor.ready(sequence, 0)) {
            throw OfferDescriptor.corrupted(
                    word, "the offer of sequence " + sequence + ", ready or done");
        }
        return false;
    }

    /** It is counted where an observer finds it; no end reads that. */
    private void received() {
        state.set(STATE, IDLE);
        state.set(RECEIVED, state.get(RECEIVED) + 1);
        long bytes = state.get(RECEIVED_BYTES) + state.get(LENGTH);
        state.set(RECEIVED_BYTES, bytes);
        control.setLong(SENDER_POSITION_OFFSET, bytes);
    }

    /**
     * Takes the last offer back, unless it has been received.
     *
     * @return whether it was taken back; if not, it was received
     * @throws io.sluice.ChannelCorruptedException if the word is none of this offer
     */
    public boolean retract() {
        long sequence = state.get(SEQUENCE);
        long ready = ClaimWordDescriptor.ready(sequence, 0);
        // edge RECEIVED, from RendezvousLaneReceiver.take: if it fails.
        if (ring.compareAndSetLong(WORD_OFFSET, ready, ClaimWordDescriptor.done(sequence))) {
            state.set(STATE, IDLE);
            return true;
        }
        if (!isReceived()) { // Who takes a ready offer away makes it done, for good.
            throw OfferDescriptor.corrupted(ready, "it to stay done: it was, a moment ago");
        }
        return false;
    }

    @Override
    public Memory ring() {
        return ring;
    }

    /** How many messages were received: offers that are taken back are no progress. */
    @Override
    public long receiverProgress() {
        return state.get(RECEIVED);
    }

    /**
     * The length of the last offer.
     *
     * @return in bytes
     */
    public int offeredLength() {
        return (int) state.get(LENGTH);
    }

    /** How many bytes were handed over. */
    @Override
    public long position() {
        return state.get(RECEIVED_BYTES);
    }

    /** Each look at the word checks it. */
    @Override
    public void verify() {}

    @Override
    public void close() {
        try {
            if (state.get(STATE) == OFFERED) {
                retract();
            }
        } finally {
            state.set(STATE, CLOSED); // Though the offer was spoiled.
        }
    }
}
