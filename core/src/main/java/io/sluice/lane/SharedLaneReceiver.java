package io.sluice.lane;

import static io.sluice.lane.ClaimWordDescriptor.MAX_OWNER;
import static io.sluice.lane.ClaimWordDescriptor.PLACE_OFFSET;
import static io.sluice.lane.ClaimWordDescriptor.READY;
import static io.sluice.lane.ClaimWordDescriptor.STRIDE;
import static io.sluice.lane.LaneDescriptor.HINT_OFFSET;
import static io.sluice.lane.LaneDescriptor.SENDER_BELL_OFFSET;

import io.sluice.MessageHandler;
import io.sluice.memory.Memory;
import io.sluice.memory.PrivateWords;
import io.sluice.waiting.Bell;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;

/**
 * One of several receivers of a lane; each message goes to one of them.
 *
 * <p>It takes a message by a compare-and-set of the claim word that records its owner, passes the
 * message to the handler, and then marks it done: see {@link SharedLaneSender}. The protocol, with
 * recovery and a crash possible at every step, was checked with a model.
 *
 * <p>Invariants: a taken message belongs to its owner until that receiver marks it done, or until
 * {@link SharedLaneRecovery} releases it after the receiver's death; the hint advances past a
 * message only if that message was seen taken or done in the hint's own epoch.
 *
 * <p>Guarantee: lock-free; a call examines at most twice as many claims as there are, plus one for
 * each message that it takes. One thread at a time, and one receiver per owner.
 */
public final class SharedLaneReceiver implements RingReceiver {
    /** The result of {@link #step} if no message was sent there yet. */
    private static final long NOTHING = -1;

    private static final int SCANNED = 0;
    private static final int RECEIVED = 1;
    private static final int ATTEMPT = 2;

    private final Memory control;
    private final Memory claims;
    private final Memory ring;
    private final MemorySegment bytes;
    private final int maxPayloadLength;
    private final int count;
    private final int owner;
    private final Bell senderBell;
    private final BooleanSupplier live;

    /** The scan position, as a hint; the count of messages; the current delivery attempt. */
    private final PrivateWords state = new PrivateWords();

    /**
     * Creates a receiver.
     *
     * @param control the lane's control block
     * @param claims the lane's claims, {@link ClaimWordDescriptor#count} of them
     * @param ring the lane's ring, mirrored
     * @param owner this receiver's number in the claims, in 0..{@link
     *     ClaimWordDescriptor#MAX_OWNER}; unique, and recovered if it was a dead receiver's
     */
    public SharedLaneReceiver(Memory control, Memory claims, Memory ring, int owner) {
        this(control, claims, ring, owner, null);
    }

    /**
     * Creates a receiver of a segment.
     *
     * @param control the ring's control block
     * @param claims the ring's claims, {@link ClaimWordDescriptor#count} of them
     * @param ring the ring, mirrored
     * @param owner this receiver's number in the claims
     * @param live whether the segment is still in the chain; evaluated after a claim word was
     *     loaded, so that no message of a later use of the segment is taken; null if it always is
     */
    SharedLaneReceiver(
            Memory control, Memory claims, Memory ring, int owner, BooleanSupplier live) {
        if (owner < 0 || owner > MAX_OWNER) {
            throw new IllegalArgumentException("owner=" + owner + " is not in 0.." + MAX_OWNER);
        }
        this.control = control;
        this.claims = claims;
        this.ring = ring;
        this.bytes = ring.bytes().asReadOnly();
        this.maxPayloadLength = LaneDescriptor.maxPayloadLength(Math.toIntExact(ring.size()));
        this.count = ClaimWordDescriptor.count(claims, ring);
        this.owner = owner;
        this.senderBell = new Bell(control, SENDER_BELL_OFFSET);
        this.live = live;
        restart();
    }

    @Override
    public void restart() {
        // edge HINT, from SharedLaneRecovery.moveHint: no claim word was loaded before it.
        state.set(SCANNED, control.getLongAcquire(HINT_OFFSET));
    }

    @Override
    public int poll(MessageHandler handler, int limit, int longest) {
        int room = Math.min(longest, maxPayloadLength);
        // edge HINT, from SharedLaneRecovery.moveHint: a message seen taken from here on was not
        // made ready again before.
        long hint = control.getLongAcquire(HINT_OFFSET);
        long start = start(hint);
        long next = start;
        long sent = start - 1; // From the start on: a sequence that was certainly sent.
        int received = 0;
        try {
            int inVain = 0; // Claims examined without finding a message to take.
            while (received < limit && inVain < 2 * count) {
                // edge SHARED_COMMIT, from SharedLaneSender.publish: payload and place are
                // complete.
                // edge AGAIN, from SharedLaneRecovery.giveBack: and so they are on redelivery.
                long word = claims.getLongAcquire(next * STRIDE);
                long step = step(word, next);
                if (step == next) {
                    if (live != null && !live.getAsBoolean()) {
                        break;
                    }
                    long place = claims.getLong(next * STRIDE + PLACE_OFFSET);
                    if (take(word, place, next, room)) {
                        received++;
                        handOut(handler, next++, word, place);
                    } else {
                        inVain += 2; // The next load is of the same claim.
                    }
                } else if (step != NOTHING) {
                    inVain++;
                    sent = Math.max(sent, next + ahead(word, next));
                    next = step;
                } else if (next > sent) {
                    break;
                } else {
                    long missing = next;
                    next = start; // The hint must not follow a forged sequence.
                    throw ClaimWordDescriptor.corrupted(
                            word, missing, count, missing + ", because " + sent + " was sent");
                }
            }
        } finally {
            if (next != start) {
                advance(hint, next);
            }
        }
        return received;
    }

    /**
     * Returns the first sequence to examine: the hint's, or the scan position if that is of the
     * same epoch and further on.
     */
    private long start(long hint) {
        long scanned = state.get(SCANNED);
        long ahead = ClaimWordDescriptor.distance(scanned, hint);
        boolean holds = HintDescriptor.isSameEpoch(hint, scanned) && ahead > 0;
        return HintDescriptor.sequence(holds ? scanned : hint);
    }

    private long ahead(long word, long next) {
        return ClaimWordDescriptor.distance(ClaimWordDescriptor.sequence(word), next);
    }

    /**
     * Returns the sequence to examine after a claim: the same one if it is ready, the next one if
     * it is taken or done, {@link #NOTHING} if it was not sent yet. If the claim is of a later lap,
     * all messages a lap before it are done, and the scan skips them: from there to the skip's
     * target, and from the target to the newest message, it is less than a lap each, if no message
     * is sent meanwhile. Two laps are enough.
     */
    private long step(long word, long next) {
        if (!ClaimWordDescriptor.isSound(word, next, count)) {
            throw ClaimWordDescriptor.unsound(word, next, count);
        }
        long ahead = ahead(word, next);
        if (ahead == 0) {
            return ClaimWordDescriptor.state(word) == READY ? next : next + 1;
        }
        return ahead < 0 ? NOTHING : Math.max(next + 1, next + ahead - count + 1);
    }

    /**
     * Takes a message after checking its place, so that a message that is corrupt, or longer than
     * there is room for, is not taken.
     */
    private boolean take(long word, long place, long sequence, int room) {
        try {
            RecordDescriptor.payloadLength(
                    place, RecordDescriptor.position(place), maxPayloadLength, room);
        } catch (TooLong e) {
            VarHandle.acquireFence(); // Orders the load of the word after the place.
            // No edge: the place was this message's only if the claim word is unchanged.
            if (claims.getLongAcquire(sequence * STRIDE) == word) {
                throw e;
            }
            return false;
        }
        // No edge of its own: the load of the expected word has it.
        return claims.compareAndSetLong(
                sequence * STRIDE, word, ClaimWordDescriptor.taken(word, owner));
    }

    private void handOut(MessageHandler handler, long sequence, long word, long place) {
        state.set(ATTEMPT, ClaimWordDescriptor.attempts(word));
        state.set(RECEIVED, state.get(RECEIVED) + 1);
        long payload = ring.index(RecordDescriptor.position(place));
        int length = (int) (place & RecordDescriptor.LENGTH_MASK);
        try {
            ring.beforeRead(payload, length);
            Handling.onMessage(handler, bytes, payload, length);
        } finally {
            // edge SHARED_RELEASE, to SharedLaneSender.makeRoom, Outstanding.find,
            // SharedRings.isReceived: the payload has been read.
            claims.setLongRelease(sequence * STRIDE, ClaimWordDescriptor.done(sequence));
            senderBell.ring();
        }
    }

    /** Advances the hint, unless another thread has advanced it or begun a new epoch. */
    private void advance(long hint, long next) {
        state.set(SCANNED, HintDescriptor.advanced(hint, next));
        // No edge: the next receiver loads the claim words itself.
        control.compareAndSetLong(HINT_OFFSET, hint, HintDescriptor.advanced(hint, next));
    }

    @Override
    public boolean hasNext() {
        // edge HINT, from SharedLaneRecovery.moveHint: as in poll.
        long next = start(control.getLongAcquire(HINT_OFFSET));
        for (int looks = 0; looks <= 2 * count; looks++) {
            // edge SHARED_COMMIT, from SharedLaneSender.publish: the message that this reports is
            // complete.
            // edge AGAIN, from SharedLaneRecovery.giveBack: and so it is on redelivery.
            long step = step(claims.getLongAcquire(next * STRIDE), next);
            if (step == next) {
                return true;
            }
            if (step == NOTHING) {
                return false;
            }
            next = step;
        }
        return false;
    }

    @Override
    public int attempt() {
        return (int) state.get(ATTEMPT);
    }

    @Override
    public long position() {
        return state.get(RECEIVED);
    }

    /**
     * Checks every claim. No receiver leaves a hint beyond a ready message or beyond the newest
     * one; such a hint is moved back.
     */
    @Override
    public void verify() {
        // No edge: a hint that is older than the claims is only lower.
        long hint = control.getLongAcquire(HINT_OFFSET);
        long newest = Outstanding.newest(claims, count);
        long lowest = newest + 1;
        for (int i = 0; i < count; i++) {
            // No edge: only the word is read.
            long word = claims.getLongAcquire((long) i * STRIDE);
            long sequence = ClaimWordDescriptor.sequence(word);
            if (!ClaimWordDescriptor.isSound(word, i, count)
                    || ClaimWordDescriptor.distance(sequence, newest) <= -count) {
                throw ClaimWordDescriptor.corrupted(
                        word, i, count, "less than a lap before " + newest);
            }
            if (ClaimWordDescriptor.state(word) == READY
                    && ClaimWordDescriptor.distance(sequence, lowest) < 0) {
                lowest = sequence;
            }
        }
        if (ClaimWordDescriptor.distance(lowest, HintDescriptor.sequence(hint)) < 0) {
            SharedLaneRecovery.lowerHint(control, lowest);
        }
    }
}
