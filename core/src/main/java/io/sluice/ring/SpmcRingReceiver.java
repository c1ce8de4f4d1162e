package io.sluice.ring;

import static io.sluice.ring.LaneDescriptor.HINT_OFFSET;
import static io.sluice.ring.LaneDescriptor.SENDER_EVENT_OFFSET;
import static io.sluice.ring.SlotStateDescriptor.MAX_OWNER;
import static io.sluice.ring.SlotStateDescriptor.READY;
import static io.sluice.ring.SlotStateDescriptor.RECORD_REF_OFFSET;
import static io.sluice.ring.SlotStateDescriptor.STRIDE;

import io.sluice.ChannelCorruptedException;
import io.sluice.ControlledMessageHandler.Action;
import io.sluice.MessageHandler;
import io.sluice.memory.Memory;
import io.sluice.wait.DrainMode;
import io.sluice.wait.FutexEvent;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * One of several receivers of a lane; each message goes to one of them.
 *
 * <p>It takes a message by a compare-and-set of the slot state that records its owner, passes the
 * message to the handler, and then marks it done: see {@link SpmcRingSender}. The protocol, with
 * recovery and a crash possible at every step, was checked with a model.
 *
 * <p>Invariants: a taken message belongs to its owner until that receiver marks it done, or until
 * {@link SpmcRingRecovery} releases it after the receiver's death; the hint advances past a message
 * only if that message was seen taken or done in the hint's own epoch.
 *
 * <p>Guarantee: lock-free; a call examines at most twice as many message slots as there are, plus
 * one for each message that it takes; and before it backs off as many again. One thread at a time,
 * and one receiver per owner.
 */
final class SpmcRingReceiver implements RingReceiver, Acknowledgeable {
    /** The result of {@link #step} if no message was sent there yet. */
    private static final long NOT_SENT = -1;

    private final Memory control;
    private final Memory slotStates;
    private final Memory ring;
    private final MemorySegment bytes;
    private final int maxPayloadLength;
    private final int count;
    private final int owner;
    private final FutexEvent senderEvent;
    private final FutexEvent laneEvent; // In a segmented lane the sender waits on that in front.
    private final BooleanSupplier live;

    /** The number of messages that are not acknowledged; other threads acknowledge them. */
    private final AtomicInteger kept = new AtomicInteger();

    /** The sequences of the messages of a run. */
    private long[] taken = {};

    /** Its position is the number of messages received here. */
    private final Cursor cursor;

    private final DrainBackoff drainBackoff;

    /**
     * Creates a receiver that backs off as by default.
     *
     * @param owner this receiver's number in the message slots, in 0..{@link
     *     SlotStateDescriptor#MAX_OWNER}; unique, and recovered if it was a dead receiver's
     */
    SpmcRingReceiver(Memory control, Memory claims, Memory ring, int owner) {
        this(control, claims, ring, owner, null, control, new DrainBackoff(DrainMode.ADAPTIVE));
    }

    /**
     * Creates a receiver of a segment.
     *
     * @param owner this receiver's number in the message slots
     * @param live whether the segment is still in the list; evaluated after a slot state was
     *     loaded, so that no message of a later use of the segment is taken; null if it always is
     * @param laneControl the control words of the lane, on which its sender waits
     * @param drainBackoff the backoff after a batch
     */
    SpmcRingReceiver(
            Memory control,
            Memory claims,
            Memory ring,
            int owner,
            BooleanSupplier live,
            Memory laneControl,
            DrainBackoff drainBackoff) {
        if (owner < 0 || owner > MAX_OWNER) {
            throw new IllegalArgumentException("owner=" + owner + " is not in 0.." + MAX_OWNER);
        }
        this.control = control;
        this.slotStates = claims;
        this.ring = ring;
        this.bytes = ring.bytes().asReadOnly();
        this.maxPayloadLength = LaneDescriptor.maxPayloadLength(Math.toIntExact(ring.size()));
        this.count = SlotStateDescriptor.count(claims, ring);
        this.owner = owner;
        this.senderEvent = new FutexEvent(control, SENDER_EVENT_OFFSET);
        this.laneEvent = new FutexEvent(laneControl, SENDER_EVENT_OFFSET);
        this.live = live;
        this.cursor = drainBackoff.cursor;
        this.drainBackoff = drainBackoff;
        restart();
    }

    @Override
    public void restart() {
        // edge HINT, from SpmcRingRecovery.moveHint: no slot state was loaded before it.
        cursor.scanned = control.getLongAcquire(HINT_OFFSET);
    }

    @Override
    public int poll(MessageHandler handler, int limit, int longest) {
        drainBackoff.beforePoll(this);
        int room = Math.min(longest, maxPayloadLength);
        // edge HINT, from SpmcRingRecovery.moveHint: a message seen taken from here on was not
        // made ready again before.
        long hint = control.getLongAcquire(HINT_OFFSET);
        long start = scanStart(hint);
        long next = start;
        long sent = start - 1; // From the start on: a sequence that was certainly sent.
        int received = 0;
        try {
            int misses = 0; // Message slots examined without finding a message to take.
            while (received < limit && misses < 2 * count) {
                // edge SPMC_COMMIT, from SpmcRingSender.publish: payload and record reference are
                // complete.
                // edge REDELIVER, from SpmcRingRecovery.makeReady: and so they are on redelivery.
                long word = slotStates.getLongAcquire(next * STRIDE);
                long step = step(word, next);
                if (step == next) {
                    if (live != null && !live.getAsBoolean()
                            || handler instanceof MessageRun run && !mayCollect(run, word)) {
                        break;
                    }
                    long place = slotStates.getLong(next * STRIDE + RECORD_REF_OFFSET);
                    if (take(word, place, next, room)) {
                        received++;
                        deliver(handler, next++, word, place);
                    } else {
                        misses += 2; // The next load is of the same message slot.
                    }
                } else if (step != NOT_SENT) {
                    misses++;
                    sent = Math.max(sent, next + distanceAhead(word, next) - unknown(word));
                    next = step;
                } else if (next > sent) {
                    drainBackoff.onDrained(received);
                    break;
                } else {
                    long missing = next;
                    next = start; // The hint must not follow a forged sequence.
                    throw SlotStateDescriptor.corrupted(
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
    private long scanStart(long hint) {
        long scanned = cursor.scanned;
        long ahead = SlotStateDescriptor.distance(scanned, hint);
        boolean holds = HintDescriptor.isSameEpoch(hint, scanned) && ahead > 0;
        return HintDescriptor.sequence(holds ? scanned : hint);
    }

    /** Returns how many sequences up to that of a word may be of a batch not published yet. */
    private static int unknown(long word) {
        int index = SlotBatch.index(word);
        return index == 0 ? 0 : index + 1;
    }

    private long distanceAhead(long word, long next) {
        return SlotStateDescriptor.distance(SlotStateDescriptor.sequence(word), next);
    }

    /**
     * Returns the sequence to examine after a message slot: the same one if it is ready, the next
     * one if it is taken or done, {@link #NOT_SENT} if it was not sent yet. If the message slot is
     * of a later lap, all messages a lap before it are done, and the scan skips them: from there to
     * the skip's target, and from the target to the newest message, it is less than a lap each, if
     * no message is sent meanwhile. Two laps are enough.
     */
    private long step(long word, long next) {
        if (!SlotStateDescriptor.isValid(word, next, count)) {
            throw SlotStateDescriptor.invalid(word, next, count);
        }
        long ahead = distanceAhead(word, next);
        if (ahead == 0) {
            return SlotStateDescriptor.state(word) == READY ? next : next + 1;
        }
        return ahead < 0 ? NOT_SENT : Math.max(next + 1, next + ahead - count + 1);
    }

    /**
     * Takes a message after checking its record reference, so that a message that is corrupt, or
     * longer than there is room for, is not taken.
     */
    private boolean take(long word, long place, long sequence, int room) {
        try {
            RecordDescriptor.payloadLength(
                    place, RecordDescriptor.position(place), maxPayloadLength, room);
        } catch (MessageTooLongException e) {
            VarHandle.acquireFence(); // Orders the load of the word after the record reference.
            // No edge: the reference was this message's only if the slot state is unchanged.
            if (slotStates.getLongAcquire(sequence * STRIDE) == word) {
                throw e;
            }
            return false;
        }
        // No edge of its own: the load of the expected word has it.
        return slotStates.compareAndSetLong(
                sequence * STRIDE, word, SlotStateDescriptor.taken(word, owner));
    }

    private void deliver(MessageHandler handler, long sequence, long word, long place) {
        cursor.attempt = SlotStateDescriptor.attempts(word);
        cursor.position++;
        long payload = ring.index(RecordDescriptor.position(place));
        int length = (int) (place & RecordDescriptor.LENGTH_MASK);
        if (handler instanceof MessageRun run) {
            ring.beforeRead(payload, length);
            taken[run.size()] = sequence;
            run.add(payload, length);
            return;
        }
        if (handler instanceof ControlledBatch batch) {
            deliver(batch, sequence, SlotStateDescriptor.taken(word, owner), payload, length);
            return;
        }
        try {
            ring.beforeRead(payload, length);
            HandlerException.onMessage(handler, bytes, payload, length);
        } finally {
            release(sequence);
            senderEvent.notifyOne();
        }
    }

    private void deliver(
            ControlledBatch batch, long sequence, long taken, long payload, int length) {
        if (batch.keeps()) {
            ring.beforeRead(payload, length);
            kept.incrementAndGet();
            batch.keep(this, taken, bytes, payload, length);
            return;
        }
        boolean aborted = false;
        try {
            ring.beforeRead(payload, length);
            aborted = batch.handle(bytes, payload, length) == Action.ABORT;
        } finally {
            if (aborted) {
                cursor.position--;
                SpmcRingRecovery.putBack(control, slotStates, sequence, taken);
            } else {
                release(sequence);
                senderEvent.notifyOne();
            }
        }
    }

    /**
     * Releases a message that was kept. The slot state must be as this end left it: no other end
     * changes it while this one has not left.
     */
    @Override
    public void acknowledge(long taken) {
        long sequence = SlotStateDescriptor.sequence(taken);
        // No edge: the word is this end's own.
        long word = slotStates.getLongAcquire(sequence * STRIDE);
        if (word != taken) {
            throw SlotStateDescriptor.corrupted(
                    word, sequence, count, "sequence " + sequence + ", taken by " + owner);
        }
        release(sequence);
        kept.decrementAndGet(); // Then the ring may be unmapped.
        laneEvent.notifyOne();
    }

    /** Tests whether messages were handed out that are not acknowledged. */
    boolean keepsMessages() {
        return kept.get() > 0;
    }

    private void release(long sequence) {
        // edge SPMC_RELEASE, to SpmcRingSender.reclaim, InFlight.restore,
        // RingFlavor.isReceived: the payload has been read.
        slotStates.setLongRelease(sequence * STRIDE, SlotStateDescriptor.done(sequence));
    }

    /** Tests whether a message can be part of a run: one that is redelivered is one by itself. */
    private boolean mayCollect(MessageRun run, long word) {
        return run.size() == 0 || cursor.attempt == 0 && SlotStateDescriptor.attempts(word) == 0;
    }

    /** Takes messages one by one, and hands them out together, as long as none is redelivered. */
    @Override
    public int pollRun(MessageRun run, int limit) {
        run.clear();
        if (taken.length == 0) {
            taken = new long[MessageRun.MAX_SIZE];
        }
        int received = 0;
        try {
            received = poll(run, Math.min(limit, MessageRun.MAX_SIZE), maxPayloadLength);
        } catch (ChannelCorruptedException e) {
            if (run.size() == 0) {
                throw e;
            }
            received = run.size(); // The next call reports what comes after them.
        }
        if (received > 0) {
            deliver(run);
        }
        return received;
    }

    private void deliver(MessageRun run) {
        try {
            run.deliver(bytes);
        } finally {
            for (int i = 0; i < run.size(); i++) {
                release(taken[i]);
            }
            senderEvent.notifyOne();
        }
    }

    @Override
    public int controlledPoll(ControlledBatch batch, int limit) {
        if (batch.keeps()) {
            return poll(batch, limit, maxPayloadLength);
        }
        int received = 0;
        // One message for each poll: each changes hands by itself, so there is no batch to commit.
        while (received < limit && !batch.isStopped() && poll(batch, 1, maxPayloadLength) > 0) {
            received += batch.isAborted() ? 0 : 1;
        }
        return received;
    }

    /** Advances the hint, unless another thread has advanced it or begun a new epoch. */
    private void advance(long hint, long next) {
        cursor.scanned = HintDescriptor.advanced(hint, next);
        // No edge: the next receiver loads the slot states itself.
        control.compareAndSetLong(HINT_OFFSET, hint, HintDescriptor.advanced(hint, next));
    }

    @Override
    public boolean hasNext() {
        // edge HINT, from SpmcRingRecovery.moveHint: as in poll.
        long next = scanStart(control.getLongAcquire(HINT_OFFSET));
        for (int looks = 0; looks <= 2 * count; looks++) {
            // edge SPMC_COMMIT, from SpmcRingSender.publish: the message that this reports is
            // complete.
            // edge REDELIVER, from SpmcRingRecovery.makeReady: and so it is on redelivery.
            long step = step(slotStates.getLongAcquire(next * STRIDE), next);
            if (step == next) {
                return true;
            }
            if (step == NOT_SENT) {
                return false;
            }
            next = step;
        }
        return false;
    }

    @Override
    public int deliveryAttempt() {
        return cursor.attempt;
    }

    @Override
    public long position() {
        return cursor.position;
    }

    /**
     * Checks every message slot. No receiver leaves a hint beyond a ready message or beyond the
     * newest one; such a hint is moved back.
     */
    @Override
    public void verify() {
        // No edge: a hint that is older than the message slots is only lower.
        long hint = control.getLongAcquire(HINT_OFFSET);
        long newest = InFlight.newest(slotStates, count);
        long lowest = newest + 1;
        for (int i = 0; i < count; i++) {
            // No edge: only the word is read.
            long word = slotStates.getLongAcquire((long) i * STRIDE);
            long sequence = SlotStateDescriptor.sequence(word);
            if (!SlotStateDescriptor.isValid(word, i, count)
                    || SlotStateDescriptor.distance(sequence, newest) <= -count) {
                throw SlotStateDescriptor.corrupted(
                        word, i, count, "less than a lap before " + newest);
            }
            if (SlotStateDescriptor.state(word) == READY
                    && SlotStateDescriptor.distance(sequence, lowest) < 0) {
                lowest = sequence;
            }
        }
        if (SlotStateDescriptor.distance(lowest, HintDescriptor.sequence(hint)) < 0) {
            SpmcRingRecovery.lowerHint(control, lowest);
        }
    }
}
