package io.sluice.ring;

import static io.sluice.ring.SlotStateDescriptor.DONE;
import static io.sluice.ring.SlotStateDescriptor.READY;
import static io.sluice.ring.SlotStateDescriptor.STRIDE;
import static io.sluice.ring.SlotStateDescriptor.TAKEN;
import static io.sluice.ring.SlotStateDescriptor.state;

import io.sluice.memory.Memory;
import java.util.function.BooleanSupplier;

/**
 * Rings that several receivers share, or whose sender may drop messages.
 *
 * @param owner the receiver's number in the message slots; not used by a sender
 */
public record SpmcRingFlavor(int owner) implements RingFlavor {
    @Override
    public void initialize(Segment segment) {
        Memory claims = segment.slotStates();
        for (long offset = 0; offset < claims.size(); offset += Long.BYTES) {
            claims.setLong(offset, 0);
        }
        // The hint is kept: a late receiver may still compare it with the value that it loaded
        // here.
    }

    @Override
    public RingSender sender(Segment segment) {
        return new SpmcRingSender(segment.control(), segment.slotStates(), segment.ring());
    }

    @Override
    public RingReceiver receiver(Segment segment, BooleanSupplier live) {
        return new SpmcRingReceiver(
                segment.control(), segment.slotStates(), segment.ring(), owner, live);
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public boolean isReceived(Segment segment) {
        Memory claims = segment.slotStates();
        for (long offset = 0; offset < claims.size(); offset += STRIDE) {
            // edge SPMC_RELEASE, from SpmcRingReceiver.deliver, SpmcRingRecovery.drop: a
            // payload that was read may be overwritten.
            if (state(claims.getLongAcquire(offset)) != DONE) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int heldBy(Segment segment) {
        Memory claims = segment.slotStates();
        for (long offset = 0; offset < claims.size(); offset += STRIDE) {
            // No edge: a caller that acts on the result holds that receiver's lock.
            long word = claims.getLongAcquire(offset);
            if (state(word) == TAKEN) {
                return SlotStateDescriptor.owner(word);
            }
        }
        return -1;
    }

    @Override
    public void drop(Segment segment, Runnable count) {
        Memory claims = segment.slotStates();
        for (long offset = 0; offset < claims.size(); offset += STRIDE) {
            // No edge: the sender wrote the message.
            if (drop(claims, offset, claims.getLongAcquire(offset))) {
                count.run();
            }
        }
    }

    /**
     * Drops a message, unless a receiver has taken it. Called by the sender's thread.
     *
     * @param offset the offset of the message's message slot
     * @param word the slot state, as it was loaded
     * @return whether the message was ready, and is done now
     */
    static boolean drop(Memory claims, long offset, long word) {
        long done = SlotStateDescriptor.done(SlotStateDescriptor.sequence(word));
        // No edge: the message is withdrawn from the receivers; nothing is passed on.
        return state(word) == READY && claims.compareAndSetLong(offset, word, done);
    }
}
