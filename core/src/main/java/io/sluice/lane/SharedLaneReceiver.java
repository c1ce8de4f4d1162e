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
 * One of many receivers of a lane, each message for one of them.
 *
 * <p>Takes a message by a compare-and-set of its claim that names the taker, hands it out, and then
 * says that it is done: see {@link SharedLaneSender}. The protocol, with recovery and a crash
 * possible at every step, was checked by a model.
 *
 * <p>Invariants: what is taken belongs to its owner until that one says it is done, or {@link
 * SharedLaneRecovery} after its death; the hint moves over a message only if that was seen taken or
 * done in the hint's own epoch.
 *
 * <p>Guarantee: lock-free; a call looks at each claim twice at the most, and at as many as it takes
 * messages. One thread at a time, and one receiver an owner.
 */
public final class SharedLaneReceiver implements RingReceiver {
    /** What {@link #step} answers if nothing was sent there yet. */
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

    /** How far this end has looked, as a hint; how much it received; the attempt. */
    private final PrivateWords state = new PrivateWords();

    /**
     * A receiver.
     *
     * @param control the lane's control block
     * @param claims the lane's claims, {@link ClaimWordDescriptor#count} of them
     * @param ring the lane's ring, mirrored
     * @param owner what this receiver is called in the claims, in 0..{@link
     *     ClaimWordDescriptor#MAX_OWNER}; nobody else's, and recovered if it was a dead one's
     */
    public SharedLaneReceiver(Memory control, Memory claims, Memory ring, int owner) {
        this(control, claims, ring, owner, null);
    }

    /**
     * A receiver of a segment.
     *
     * @param control the ring's control block
     * @param claims the ring's claims, {@link ClaimWordDescriptor#count} of them
     * @param ring the ring, mirrored
     * @param owner what this receiver is called in the claims
     * @param live whether the segment is still in the chain: asked after a claim was read, so that
     *     none is taken that belongs to a later use of the segment; null if it always is
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
        // edge HINT, from SharedLaneRecovery.moveHint: nothing was looked at before it.
        state.set(SCANNED, control.getLongAcquire(HINT_OFFSET));
    }

    @Override
    public int poll(MessageHandler handler, int limit, int longest) {
        int room = Math.min(longest, maxPayloadLength);
        // edge HINT, from SharedLaneRecovery.moveHint: what is seen taken from here on was not
        // made ready again before.
        long hint = control.getLongAcquire(HINT_OFFSET);
        long start = start(hint);
        long next = start;
        long sent = start - 1; // A sequence that was certainly sent, once it is past the start.
        int received = 0;
        try {
            int inVain = 0; // Looks that found nothing to take.
            while (received < limit && inVain < 2 * count) {
                // edge SHARED_COMMIT, from SharedLaneSender.publish: payload and place are there.
                // edge AGAIN, from SharedLaneRecovery.giveBack: and so they are the next time.
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
                        inVain += 2; // The next look is at the same claim.
                    }
                } else if (step != NOTHING) {
                    inVain++;
                    sent = Math.max(sent, next + ahead(word, next));
                    next = step;
                } else if (next > sent) {
                    break;
                } else {
                    long missing = next;
                    next = start; // The hint is not to follow a sequence that was made up.
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

    /** Where to begin: at the hint, or where this end has been if that holds and is further on. */
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
     * Where to look after a claim: there again if it is ready, at the next if it is taken or done.
     * If it is of a later lap, all that lies a lap before it is done: so from where it leads to,
     * and from there to the newest, it is less than a lap each, if nobody sends meanwhile. Twice
     * around is enough.
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
     * Checks the place before it takes the message, so that one that is corrupt, or longer than
     * there is room for, stays where it is.
     */
    private boolean take(long word, long place, long sequence, int room) {
        try {
            RecordDescriptor.payloadLength(
                    place, RecordDescriptor.position(place), maxPayloadLength, room);
        } catch (TooLong e) {
            VarHandle.acquireFence(); // The claim is looked at after the place.
            // No edge: the place was that of this message only if the claim is as it was.
            if (claims.getLongAcquire(sequence * STRIDE) == word) {
                throw e;
            }
            return false;
        }
        // No edge of its own: the load of the word that it expects has had it.
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

    /** Moves the hint on, unless somebody else has moved it, or begun a new epoch. */
    private void advance(long hint, long next) {
        state.set(SCANNED, HintDescriptor.advanced(hint, next));
        // No edge: the next receiver looks at the claims for itself.
        control.compareAndSetLong(HINT_OFFSET, hint, HintDescriptor.advanced(hint, next));
    }

    @Override
    public boolean hasNext() {
        // edge HINT, from SharedLaneRecovery.moveHint: as for poll.
        long next = start(control.getLongAcquire(HINT_OFFSET));
        for (int looks = 0; looks <= 2 * count; looks++) {
            // edge SHARED_COMMIT, from SharedLaneSender.publish: what this promises is complete.
            // edge AGAIN, from SharedLaneRecovery.giveBack: and so it is the next time.
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
     * Looks at every claim. A hint that is beyond a message that is ready, or beyond the newest,
     * was not left so by any receiver: it is moved back.
     */
    @Override
    public void verify() {
        // No edge: if it is older than the claims, it is only lower.
        long hint = control.getLongAcquire(HINT_OFFSET);
        long newest = Outstanding.newest(claims, count);
        long lowest = newest + 1;
        for (int i = 0; i < count; i++) {
            // No edge: nothing is read but the word.
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
