package io.sluice.lane;

import static io.sluice.lane.ClaimWordDescriptor.MAX_ATTEMPTS;
import static io.sluice.lane.ClaimWordDescriptor.READY;
import static io.sluice.lane.ClaimWordDescriptor.STRIDE;
import static io.sluice.lane.ClaimWordDescriptor.TAKEN;
import static io.sluice.lane.LaneDescriptor.HINT_OFFSET;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.Memory;

/**
 * What is done for a receiver that has died: the messages that it had taken are made ready again,
 * or dropped.
 *
 * <p>Whoever calls it holds the dead receiver's lock, so that no thread of that one exists and
 * nobody else recovers it; and tells others that it has been done only afterwards. If the caller
 * dies in the middle, the next one does it all again: nothing is undone or counted twice.
 *
 * <p>Guarantee: lock-free, and a loop that others keep busy ends with an exception.
 */
public final class SharedLaneRecovery {
    /**
     * How often the hint may change while it is to be set. Each receiver changes it at most once
     * between two batches, so a try fails only if one has just finished a batch of this lane.
     */
    static final int MAX_TRIES = 1 << 10;

    private SharedLaneRecovery() {}

    /**
     * Gives back, or drops, what a dead receiver had taken from a lane. Claims that no end writes
     * are left alone: whoever uses the lane is told.
     *
     * @param control the lane's control block
     * @param claims the lane's claims
     * @param owner what the receiver was called in them
     * @param redeliver whether its messages are delivered again, marked by {@link
     *     LaneReceiver#attempt}, or dropped
     * @return how many messages were given back, or dropped
     * @throws ChannelCorruptedException if the hint does not keep still, as if a peer spoiled it
     */
    public static int recover(Memory control, Memory claims, int owner, boolean redeliver) {
        int count = (int) (claims.size() / STRIDE);
        int recovered = 0;
        for (int i = 0; i < count; i++) {
            // No edge: what the dead one did came with its lock, by edge LOCK.
            long word = claims.getLongAcquire((long) i * STRIDE);
            if (isTakenBy(word, i, count, owner)
                    && (redeliver ? giveBack(claims, i, word) : drop(claims, i, word))) {
                recovered++;
            }
        }
        long lowest = 0;
        boolean anyReady = false;
        for (int i = 0; i < count; i++) {
            // No edge: nothing is read but the word.
            long word = claims.getLongAcquire((long) i * STRIDE);
            long sequence = ClaimWordDescriptor.sequence(word);
            if (ClaimWordDescriptor.isSound(word, i, count)
                    && ClaimWordDescriptor.state(word) == READY
                    && (!anyReady || ClaimWordDescriptor.distance(sequence, lowest) < 0)) {
                lowest = sequence;
                anyReady = true;
            }
        }
        if (anyReady) {
            lowerHint(control, lowest);
        }
        return recovered;
    }

    private static boolean giveBack(Memory claims, int index, long word) {
        int attempts = Math.min(ClaimWordDescriptor.attempts(word) + 1, MAX_ATTEMPTS);
        long ready = ClaimWordDescriptor.ready(ClaimWordDescriptor.sequence(word), attempts);
        // edge AGAIN, to SharedLaneReceiver.poll, SharedLaneReceiver.hasNext: what the sender wrote
        // is passed on.
        return claims.compareAndSetLong((long) index * STRIDE, word, ready);
    }

    private static boolean drop(Memory claims, int index, long word) {
        long done = ClaimWordDescriptor.done(ClaimWordDescriptor.sequence(word));
        // edge SHARED_RELEASE, to SharedLaneSender.makeRoom, Outstanding.find,
        // SharedRings.isReceived: nobody reads the payload any more.
        return claims.compareAndSetLong((long) index * STRIDE, word, done);
    }

    /**
     * Moves the hint back to a message that is ready, and begins a new epoch even if it was not
     * beyond: a receiver that saw the message taken may be about to move it there.
     */
    static void lowerHint(Memory control, long sequence) {
        moveHint(control, sequence, true);
    }

    /** Moves the hint to a sequence in the next epoch, wherever it was. */
    static void restartHint(Memory control, long sequence) {
        moveHint(control, sequence, false);
    }

    private static void moveHint(Memory control, long sequence, boolean backOnly) {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            // No edge: the compare-and-set has it.
            long hint = control.getLongAcquire(HINT_OFFSET);
            long moved = HintDescriptor.lowered(hint, sequence);
            if (!backOnly) {
                moved = HintDescriptor.advanced(moved, sequence);
            }
            // edge HINT, to SharedLaneReceiver.restart, SharedLaneReceiver.poll,
            // SharedLaneReceiver.hasNext: who sees the new epoch sees what was made ready before.
            if (control.compareAndSetLong(HINT_OFFSET, hint, moved)) {
                return;
            }
            LostPage.settle(); // On a page that is gone every try fails, and is a trap each.
        }
        throw new ChannelCorruptedException(
                "the hint changed " + MAX_TRIES + " times while it was to be set to " + sequence);
    }

    /**
     * How many messages of a lane a receiver has taken and not finished.
     *
     * @param claims the lane's claims
     * @param owner what the receiver is called in them
     * @return how many, now or a moment ago
     */
    public static int takenBy(Memory claims, int owner) {
        int count = (int) (claims.size() / STRIDE);
        int taken = 0;
        for (int i = 0; i < count; i++) {
            // No edge: it is for people.
            if (isTakenBy(claims.getLongAcquire((long) i * STRIDE), i, count, owner)) {
                taken++;
            }
        }
        return taken;
    }

    private static boolean isTakenBy(long word, int index, int count, int owner) {
        return ClaimWordDescriptor.state(word) == TAKEN
                && ClaimWordDescriptor.owner(word) == owner
                && ClaimWordDescriptor.isSound(word, index, count);
    }
}
