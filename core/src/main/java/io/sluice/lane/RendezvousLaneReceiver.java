package io.sluice.lane;

import static io.sluice.lane.LaneDescriptor.SENDER_BELL_OFFSET;
import static io.sluice.lane.OfferDescriptor.LENGTH_OFFSET;
import static io.sluice.lane.OfferDescriptor.PAYLOAD_OFFSET;
import static io.sluice.lane.OfferDescriptor.WORD_OFFSET;

import io.sluice.MessageHandler;
import io.sluice.memory.Memory;
import io.sluice.memory.PrivateWords;
import io.sluice.waiting.Bell;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * A receiver of a lane of a rendezvous pipe, one of any number.
 *
 * <p>It copies what is offered, and then takes it: see {@link RendezvousLaneSender}. A copy whose
 * compare-and-set fails is of an offer that somebody else has received, or that was taken back, and
 * may be torn: it is not looked at. The handler is handed the private copy after the sender was
 * told, so it may take its time, and no peer can change the message under its hands.
 *
 * <p>Invariant: nothing of a message is used before its offer was taken.
 *
 * <p>Guarantee: lock-free; a call tries once for each message that it may receive. One thread at a
 * time.
 */
public final class RendezvousLaneReceiver implements LaneReceiver {
    private static final int SMALLEST_COPY = 1024;
    private static final int ON_THE_WORDS_PAGE = LaneDescriptor.MIN_CAPACITY - PAYLOAD_OFFSET;
    private static final int RECEIVED = 0;

    private final Memory ring;
    private final Bell senderBell;
    private final int maxPayloadLength;
    private final PrivateWords state = new PrivateWords();
    private MemorySegment copy;
    private MemorySegment readOnlyCopy;

    /**
     * A receiver.
     *
     * @param control the lane's control block
     * @param ring the lane's ring, of which it uses the beginning
     */
    public RendezvousLaneReceiver(Memory control, Memory ring) {
        this.ring = ring;
        this.senderBell = new Bell(control, SENDER_BELL_OFFSET);
        this.maxPayloadLength = OfferDescriptor.maxPayloadLength(Math.toIntExact(ring.size()));
    }

    @Override
    public int poll(MessageHandler handler, int limit, int longest) {
        int received = 0;
        while (received < limit) {
            // edge OFFER, from RendezvousLaneSender.publish: payload and length are there.
            long word = ring.getLongAcquire(WORD_OFFSET);
            if (!OfferDescriptor.isReady(word)) {
                break;
            }
            int length = OfferDescriptor.checkLength(ring.getLong(LENGTH_OFFSET), maxPayloadLength);
            if (length > longest) {
                checkStands(word, length);
                break;
            }
            makeCopy(length);
            if (!take(word)) {
                break;
            }
            senderBell.ringAfterSwap();
            state.set(RECEIVED, state.get(RECEIVED) + 1);
            received++;
            Handling.onMessage(handler, readOnlyCopy, 0, length);
        }
        return received;
    }

    /** It is too long if the length was that of this offer, not of a later one. */
    private void checkStands(long word, int length) {
        VarHandle.acquireFence(); // The word is looked at after the length.
        // No edge: nothing is read but the word.
        if (ring.getLongAcquire(WORD_OFFSET) == word) {
            throw new TooLong(length);
        }
    }

    private void makeCopy(int length) {
        if (copy == null || copy.byteSize() < length) {
            int size = Math.max(SMALLEST_COPY, Integer.highestOneBit(2 * length - 1));
            copy = Arena.ofAuto().allocate(size, Long.BYTES);
            readOnlyCopy = copy.asReadOnly();
        }
        ring.beforeRead(PAYLOAD_OFFSET, length);
        MemorySegment.copy(ring.bytes(), PAYLOAD_OFFSET, copy, 0, length);
        if (length > ON_THE_WORDS_PAGE) {
            LostPage.settle(); // Not taken if it could not be read.
        }
    }

    private boolean take(long ready) {
        long done = ClaimWordDescriptor.done(ClaimWordDescriptor.sequence(ready));
        // edge RECEIVED, to RendezvousLaneSender.isReceived, RendezvousLaneSender.retract,
        // RendezvousLaneSender.new: the payload was read before.
        return ring.compareAndSetLong(WORD_OFFSET, ready, done);
    }

    @Override
    public boolean hasNext() {
        // edge OFFER, from RendezvousLaneSender.publish: what this promises is complete.
        return OfferDescriptor.isReady(ring.getLongAcquire(WORD_OFFSET));
    }

    /** Nothing is ever handed out again. */
    @Override
    public int attempt() {
        return 0;
    }

    @Override
    public long position() {
        return state.get(RECEIVED);
    }

    /** Each look at the word checks it. */
    @Override
    public void verify() {}
}
