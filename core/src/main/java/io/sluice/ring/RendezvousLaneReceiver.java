package io.sluice.ring;

import static io.sluice.ring.LaneDescriptor.SENDER_EVENT_OFFSET;
import static io.sluice.ring.OfferDescriptor.LENGTH_OFFSET;
import static io.sluice.ring.OfferDescriptor.PAYLOAD_OFFSET;
import static io.sluice.ring.OfferDescriptor.WORD_OFFSET;

import io.sluice.MessageHandler;
import io.sluice.memory.MappingFault;
import io.sluice.memory.Memory;
import io.sluice.memory.PaddedLongs;
import io.sluice.wait.FutexEvent;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * A receiver of a lane of a rendezvous pipe, one of any number.
 *
 * <p>It copies the offered payload, and then takes the offer by a compare-and-set: see {@link
 * RendezvousLaneSender}. If the compare-and-set fails, another receiver has taken the offer or the
 * sender has retracted it; the copy may be torn and is discarded. The handler receives the private
 * copy after the sender was notified, so a slow handler does not delay the sender, and no peer can
 * change the message while the handler reads it.
 *
 * <p>Invariant: no byte of a payload is used before the offer is taken.
 *
 * <p>Guarantee: lock-free; a call makes one attempt for each message that it may receive. One
 * thread at a time.
 */
final class RendezvousLaneReceiver implements LaneReceiver {
    private static final int MIN_COPY = 1024;
    private static final int MAX_ON_FIRST_PAGE = LaneDescriptor.MIN_CAPACITY - PAYLOAD_OFFSET;
    private static final int RECEIVED = 0;

    private final Memory ring;
    private final FutexEvent senderEvent;
    private final int maxPayloadLength;
    private final PaddedLongs state = new PaddedLongs();
    private MemorySegment copy;
    private MemorySegment readOnlyCopy;

    /** Creates a receiver. */
    public RendezvousLaneReceiver(Memory control, Memory ring) {
        this.ring = ring;
        this.senderEvent = new FutexEvent(control, SENDER_EVENT_OFFSET);
        this.maxPayloadLength = OfferDescriptor.maxPayloadLength(Math.toIntExact(ring.size()));
    }

    @Override
    public int poll(MessageHandler handler, int limit, int longest) {
        int received = 0;
        while (received < limit) {
            // edge OFFER, from RendezvousLaneSender.publish: payload and length are complete.
            long word = ring.getLongAcquire(WORD_OFFSET);
            if (!OfferDescriptor.isReady(word)) {
                break;
            }
            int length = OfferDescriptor.checkLength(ring.getLong(LENGTH_OFFSET), maxPayloadLength);
            if (length > longest) {
                throwIfUnchanged(word, length);
                break;
            }
            makeCopy(length);
            if (!take(word)) {
                break;
            }
            senderEvent.notifyOneAfterCas();
            state.set(RECEIVED, state.get(RECEIVED) + 1);
            received++;
            HandlerException.onMessage(handler, readOnlyCopy, 0, length);
        }
        return received;
    }

    /**
     * Throws {@link MessageTooLongException} if the length belongs to this offer, not to a later
     * one.
     */
    private void throwIfUnchanged(long word, int length) {
        VarHandle.acquireFence(); // Orders the load of the word after that of the length.
        // No edge: only the word is read.
        if (ring.getLongAcquire(WORD_OFFSET) == word) {
            throw new MessageTooLongException(length);
        }
    }

    private void makeCopy(int length) {
        if (copy == null || copy.byteSize() < length) {
            int size = Math.max(MIN_COPY, Integer.highestOneBit(2 * length - 1));
            copy = Arena.ofAuto().allocate(size, Long.BYTES);
            readOnlyCopy = copy.asReadOnly();
        }
        ring.beforeRead(PAYLOAD_OFFSET, length);
        MemorySegment.copy(ring.bytes(), PAYLOAD_OFFSET, copy, 0, length);
        if (length > MAX_ON_FIRST_PAGE) {
            MappingFault.poll(); // Throws if the page is lost: then the offer is not taken.
        }
    }

    private boolean take(long ready) {
        long done = SlotStateDescriptor.done(SlotStateDescriptor.sequence(ready));
        // edge RECEIVED, to RendezvousLaneSender.isReceived, RendezvousLaneSender.retract,
        // RendezvousLaneSender.new: the payload has been read.
        return ring.compareAndSetLong(WORD_OFFSET, ready, done);
    }

    @Override
    public boolean hasNext() {
        // edge OFFER, from RendezvousLaneSender.publish: the offer that this reports is complete.
        return OfferDescriptor.isReady(ring.getLongAcquire(WORD_OFFSET));
    }

    /** Returns 0: a rendezvous pipe never redelivers a message. */
    @Override
    public int deliveryAttempt() {
        return 0;
    }

    @Override
    public long position() {
        return state.get(RECEIVED);
    }

    /** Does nothing: every load of the word checks it. */
    @Override
    public void verify() {}
}
