package io.sluice.lane;

import static io.sluice.lane.ClaimWordDescriptor.DONE;
import static io.sluice.lane.ClaimWordDescriptor.READY;
import static io.sluice.lane.ClaimWordDescriptor.STRIDE;
import static io.sluice.lane.ClaimWordDescriptor.TAKEN;
import static io.sluice.lane.ClaimWordDescriptor.state;

import io.sluice.memory.Memory;
import java.util.function.BooleanSupplier;

/**
 * Rings that several receivers share, or whose sender may drop messages.
 *
 * @param owner the receiver's number in the claims; not used by a sender
 */
public record SharedRings(int owner) implements RingKind {
    @Override
    public void clear(Segment segment) {
        Memory claims = segment.claims();
        for (long offset = 0; offset < claims.size(); offset += Long.BYTES) {
            claims.setLong(offset, 0);
        }
        // The hint is kept: a late receiver may still compare it with the value that it loaded
        // here.
    }

    @Override
    public RingSender sender(Segment segment) {
        return new SharedLaneSender(segment.control(), segment.claims(), segment.ring());
    }

    @Override
    public RingReceiver receiver(Segment segment, BooleanSupplier live) {
        return new SharedLaneReceiver(
                segment.control(), segment.claims(), segment.ring(), owner, live);
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public boolean isReceived(Segment segment) {
        Memory claims = segment.claims();
        for (long offset = 0; offset < claims.size(); offset += STRIDE) {
            // edge SHARED_RELEASE, from SharedLaneReceiver.handOut, SharedLaneRecovery.drop: a
            // payload that was read may be overwritten.
            if (state(claims.getLongAcquire(offset)) != DONE) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int heldBy(Segment segment) {
        Memory claims = segment.claims();
        for (long offset = 0; offset < claims.size(); offset += STRIDE) {
            // No edge: a caller that acts on the result holds that receiver's lock.
            long word = claims.getLongAcquire(offset);
            if (state(word) == TAKEN) {
                return ClaimWordDescriptor.owner(word);
            }
        }
        return -1;
    }

    @Override
    public void drop(Segment segment, Runnable count) {
        Memory claims = segment.claims();
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
     * @param offset the offset of the message's claim
     * @param word the claim word, as it was loaded
     * @return whether the message was ready, and is done now
     */
    static boolean drop(Memory claims, long offset, long word) {
        long done = ClaimWordDescriptor.done(ClaimWordDescriptor.sequence(word));
        // No edge: the message is withdrawn from the receivers; nothing is passed on.
        return state(word) == READY && claims.compareAndSetLong(offset, word, done);
    }
}
