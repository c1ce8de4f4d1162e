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
 * @param owner what the receiver is called in the claims; of no use to a sender
 */
public record SharedRings(int owner) implements RingKind {
    @Override
    public void clear(Segment segment) {
        Memory claims = segment.claims();
        for (long offset = 0; offset < claims.size(); offset += Long.BYTES) {
            claims.setLong(offset, 0);
        }
        // The hint stays: a receiver that is late may still compare it with what it saw here.
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
            // edge SHARED_RELEASE, from SharedLaneReceiver.handOut, SharedLaneRecovery.drop: what
            // has been read may be written again.
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
            // No edge: whoever acts on it holds that receiver's lock.
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
     * Drops a message unless a receiver has taken it. The sender's thread.
     *
     * @param offset of its claim
     * @param word of its claim, as it was read
     * @return whether it was ready, and is done
     */
    static boolean drop(Memory claims, long offset, long word) {
        long done = ClaimWordDescriptor.done(ClaimWordDescriptor.sequence(word));
        // No edge: it is taken away from receivers, not given to anybody.
        return state(word) == READY && claims.compareAndSetLong(offset, word, done);
    }
}
