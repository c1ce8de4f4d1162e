package io.sluice.ring;

import static io.sluice.ring.LaneDescriptor.HINT_OFFSET;
import static io.sluice.ring.SlotStateDescriptor.MAX_ATTEMPTS;
import static io.sluice.ring.SlotStateDescriptor.READY;
import static io.sluice.ring.SlotStateDescriptor.STRIDE;
import static io.sluice.ring.SlotStateDescriptor.TAKEN;
import static io.sluice.ring.SlotStateDescriptor.attempts;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.MappingFault;
import io.sluice.memory.Memory;

/**
 * The recovery of a lane after the death of a receiver: the messages that it had taken are made
 * ready again, or dropped.
 *
 * <p>The caller holds the dead receiver's lock, so that no thread of that receiver exists and no
 * other thread recovers it; it notifies other endpoints only afterwards. If the caller dies during
 * the recovery, the next one repeats it: nothing is undone or counted twice.
 *
 * <p>Guarantee: lock-free; a loop that other threads keep from succeeding ends with an exception.
 */
final class SpmcRingRecovery {
    /**
     * How often a change of the hint is attempted. Each receiver changes the hint at most once
     * between two batches, so an attempt fails only if a receiver has just finished a batch of this
     * lane.
     */
    static final int MAX_TRIES = 1 << 10;

    private SpmcRingRecovery() {}

    /**
     * Makes the messages that a dead receiver had taken from a lane ready again, or drops them.
     * Slot states that no endpoint writes are left unchanged: an endpoint that uses the lane
     * detects them.
     *
     * @param owner the receiver's number in the message slots
     * @param redeliver whether its messages are delivered again, marked by {@link
     *     LaneReceiver#deliveryAttempt}, or dropped
     * @return the number of messages made ready again, or dropped
     * @throws ChannelCorruptedException if the hint keeps changing, as if a peer corrupted it
     */
    public static int recover(Memory control, Memory claims, int owner, boolean redeliver) {
        int count = (int) (claims.size() / STRIDE);
        int recovered = 0;
        for (int i = 0; i < count; i++) {
            // No edge: the dead receiver's writes are visible through its lock, by edge LOCK.
            long word = claims.getLongAcquire((long) i * STRIDE);
            if (isTakenBy(word, i, count, owner)
                    && (redeliver
                            ? makeReady(claims, i, word, attempts(word) + 1)
                            : drop(claims, i, word))) {
                recovered++;
            }
        }
        long lowest = 0;
        boolean anyReady = false;
        for (int i = 0; i < count; i++) {
            // No edge: only the word is read.
            long word = claims.getLongAcquire((long) i * STRIDE);
            long sequence = SlotStateDescriptor.sequence(word);
            if (SlotStateDescriptor.isValid(word, i, count)
                    && SlotStateDescriptor.state(word) == READY
                    && (!anyReady || SlotStateDescriptor.distance(sequence, lowest) < 0)) {
                lowest = sequence;
                anyReady = true;
            }
        }
        if (anyReady) {
            lowerHint(control, lowest);
        }
        return recovered;
    }

    /**
     * Makes a message that the caller has taken, and has not received, ready again. If the caller
     * dies in between, its recovery finishes this.
     *
     * @param sequence the sequence of the message
     * @param taken its slot state
     */
    static void putBack(Memory control, Memory claims, long sequence, long taken) {
        makeReady(claims, sequence, taken, attempts(taken));
        lowerHint(control, sequence);
    }

    private static boolean makeReady(Memory claims, long index, long word, int attempts) {
        long ready =
                SlotStateDescriptor.ready(
                        SlotStateDescriptor.sequence(word), Math.min(attempts, MAX_ATTEMPTS));
        // edge REDELIVER, to SpmcRingReceiver.poll, SpmcRingReceiver.hasNext: passes on what the
        // sender wrote.
        return claims.compareAndSetLong(index * STRIDE, word, ready);
    }

    private static boolean drop(Memory claims, int index, long word) {
        long done = SlotStateDescriptor.done(SlotStateDescriptor.sequence(word));
        // edge SPMC_RELEASE, to SpmcRingSender.reclaim, InFlight.restore,
        // RingFlavor.isReceived: no receiver reads the payload any more.
        return claims.compareAndSetLong((long) index * STRIDE, word, done);
    }

    /**
     * Moves the hint back to a ready message, and begins a new epoch even if the hint was not
     * beyond it: a receiver that saw the message taken may be about to advance the hint past it.
     */
    static void lowerHint(Memory control, long sequence) {
        moveHint(control, sequence, true);
    }

    /** Moves the hint to a sequence, in the next epoch, wherever it was before. */
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
            // edge HINT, to SpmcRingReceiver.restart, SpmcRingReceiver.poll,
            // SpmcRingReceiver.hasNext: a receiver that loads the new epoch sees what was made
            // ready before.
            if (control.compareAndSetLong(HINT_OFFSET, hint, moved)) {
                return;
            }
            MappingFault.poll(); // Throws on a lost page, where every attempt traps and fails.
        }
        throw new ChannelCorruptedException(
                "the hint changed " + MAX_TRIES + " times while it was to be set to " + sequence);
    }

    /**
     * Returns how many messages of a lane a receiver has taken and not finished.
     *
     * @param owner the receiver's number in the message slots
     * @return the number; a snapshot that is not atomic
     */
    public static int takenBy(Memory claims, int owner) {
        int count = (int) (claims.size() / STRIDE);
        int taken = 0;
        for (int i = 0; i < count; i++) {
            // No edge: the result is for monitoring only.
            if (isTakenBy(claims.getLongAcquire((long) i * STRIDE), i, count, owner)) {
                taken++;
            }
        }
        return taken;
    }

    /**
     * Returns how often the messages that a receiver has taken and not finished were handed out
     * before.
     *
     * @param owner the receiver's number in the message slots
     * @return the highest number
     */
    static int attemptsOf(Memory claims, int owner) {
        int count = (int) (claims.size() / STRIDE);
        int most = 0;
        for (int i = 0; i < count; i++) {
            // No edge: the result is for monitoring only.
            long word = claims.getLongAcquire((long) i * STRIDE);
            if (isTakenBy(word, i, count, owner)) {
                most = Math.max(most, attempts(word));
            }
        }
        return most;
    }

    private static boolean isTakenBy(long word, int index, int count, int owner) {
        return SlotStateDescriptor.state(word) == TAKEN
                && SlotStateDescriptor.owner(word) == owner
                && SlotStateDescriptor.isValid(word, index, count);
    }
}
