package io.sluice.ring;

import static io.sluice.ring.OfferDescriptor.LENGTH_OFFSET;
import static io.sluice.ring.OfferDescriptor.PAYLOAD_OFFSET;
import static io.sluice.ring.OfferDescriptor.WORD_OFFSET;

import io.sluice.MessageHandler;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import java.util.function.BooleanSupplier;

/**
 * Reads the offer of a lane of a rendezvous pipe. Payload and length are written only while the
 * word is done: so a copy is intact if the word was the same afterwards.
 */
final class RendezvousPeek extends RingPeek {
    private long last; // The word of the last offer that was handed out.

    @Override
    int peek(RingMemory memory, BooleanSupplier live, MessageHandler handler, int limit) {
        Memory ring = memory.ring();
        int longest = OfferDescriptor.maxPayloadLength(Math.toIntExact(ring.size()));
        // edge OFFER, from RendezvousLaneSender.publish: payload and length are complete.
        long word = ring.getLongAcquire(WORD_OFFSET);
        if (limit == 0 || !OfferDescriptor.isReady(word) || word == last) {
            return 0;
        }
        long length = ring.getLong(LENGTH_OFFSET);
        if (length >= 0 && length <= longest) {
            copy(ring, PAYLOAD_OFFSET, (int) length);
        }
        // edge OFFER, from RendezvousLaneSender.publish: the offer that covers the copy.
        if (ring.getLongAcquire(WORD_OFFSET) != word) {
            return 0; // It was received or retracted meanwhile.
        }
        OfferDescriptor.checkLength(length, longest);
        last = word;
        handOut(handler, (int) length, false);
        return 1;
    }
}
