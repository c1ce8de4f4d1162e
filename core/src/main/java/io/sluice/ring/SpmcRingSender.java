package io.sluice.ring;

import static io.sluice.ring.LaneDescriptor.SENDER_POSITION_OFFSET;
import static io.sluice.ring.SlotStateDescriptor.RECORD_REF_OFFSET;
import static io.sluice.ring.SlotStateDescriptor.STRIDE;

import io.sluice.memory.MappingFault;
import io.sluice.memory.Memory;
import java.lang.foreign.MemorySegment;

/**
 * The sending side of a lane with several receivers; each message goes to one of them.
 *
 * <p>Next to the ring of payloads there is a ring of {@linkplain SlotStateDescriptor message slots}
 * at a fixed stride, one per message. A receiver takes a message by a compare-and-set that records
 * it as the owner, so the death of a receiver never loses a message. (The idea is that of
 * iceoryx2's owned indices, the sequence number is that of Vyukov's queue; but here only one sender
 * writes, so it needs no compare-and-set.)
 *
 * <p>Invariants: records are contiguous, in the order of their sequences; a message slot is made
 * ready for sequence q only if its record of sequence q minus the number of message slots is done;
 * the space of a message that is not done is not written. So a sender that dies at any instruction
 * leaves nothing to repair.
 *
 * <p>A receiver that is suspended while it has a message keeps that message's space: once the
 * sender has gone around the ring to it, the lane is full until the receiver continues or dies.
 *
 * <p>Guarantee: wait-free. One thread at a time.
 */
final class SpmcRingSender implements RingSender {
    /** A limit below every position: each attempt then calls {@link #makeRoom}. */
    private static final long NO_ROOM = Long.MIN_VALUE;

    /**
     * How many message slots are examined even if fewer make room, since a cache line holds
     * several.
     */
    private static final int RECLAIM_BATCH = 64;

    private final Memory control;
    private final Memory slotStates;
    private final Memory ring;
    private final int capacity;
    private final int count;
    private final Cursor cursor = new Cursor();
    private final InFlight inFlight;

    /** The position and the length of the batch's last payload, written in place until then. */
    private long claimedAt;

    private int claimedLength;

    /**
     * Creates a sender that continues where the last one stopped.
     *
     * @throws io.sluice.ChannelCorruptedException if no sender can have left this state
     */
    public SpmcRingSender(Memory control, Memory claims, Memory ring) {
        this.control = control;
        this.slotStates = claims;
        this.ring = ring;
        this.capacity = Math.toIntExact(ring.size());
        this.count = SlotStateDescriptor.count(claims, ring);
        SlotBatch.revertUnpublished(claims, count);
        this.inFlight = InFlight.restore(claims, capacity);
        // No edge of its own: the last sender's writes are visible through its lock, by edge LOCK.
        inFlight.unwrap(control.getLong(SENDER_POSITION_OFFSET));
        resume();
    }

    private void resume() {
        cursor.position = inFlight.end();
        cursor.limit = inFlight.start() + capacity;
    }

    @Override
    public long sequence() {
        return inFlight.next();
    }

    @Override
    public void restart(long position, long sequence) {
        // No edge of their own: an endpoint that acts on them has seen the segment linked, by edge
        // LINK. The hint is of a new epoch: a receiver that examined the earlier contents does not
        // advance it.
        for (long done = sequence - count; done < sequence; done++) {
            slotStates.setLong(
                    done * STRIDE + RECORD_REF_OFFSET, RecordDescriptor.word(position, 0));
            slotStates.setLong(done * STRIDE, SlotStateDescriptor.done(done));
        }
        control.setLong(SENDER_POSITION_OFFSET, position);
        SpmcRingRecovery.restartHint(control, sequence);
        inFlight.restart(sequence, position);
        resume();
    }

    @Override
    public boolean tryWriteWithinLimit(byte[] source, int offset, int length) {
        long position = cursor.position;
        if (!fits(position + SlotStateDescriptor.ringLength(length), 1)) {
            return false;
        }
        ring.write(position, source, offset, length);
        publish(position, length);
        return true;
    }

    @Override
    public boolean tryWriteWithinLimit(MemorySegment source, long offset, int length) {
        long position = cursor.position;
        if (!fits(position + SlotStateDescriptor.ringLength(length), 1)) {
            return false;
        }
        ring.write(position, source, offset, length);
        MappingFault.poll(); // The source may be a file, and a page of it may be gone.
        publish(position, length);
        return true;
    }

    @Override
    public boolean tryWrite(byte[] source, int offset, int length) {
        return hasRoom(cursor.position, length) && tryWriteWithinLimit(source, offset, length);
    }

    @Override
    public boolean tryWrite(MemorySegment source, long offset, int length) {
        return hasRoom(cursor.position, length) && tryWriteWithinLimit(source, offset, length);
    }

    @Override
    public long tryClaim(int length) {
        long position = cursor.position;
        if (!hasRoom(position, length)) {
            return -1;
        }
        MappingFault.poll(); // A fault of making room must not leave the room claimed.
        cursor.savedLimit = cursor.limit;
        cursor.limit = NO_ROOM;
        return ring.index(position);
    }

    @Override
    public void commit(int length) {
        long position = cursor.position;
        ring.afterWrite(position, length);
        publish(position, length);
        cursor.limit = cursor.savedLimit;
    }

    @Override
    public void abort() {
        cursor.limit = cursor.savedLimit;
    }

    private void publish(long position, int length) {
        long sequence = inFlight.next();
        slotStates.setLong(
                sequence * STRIDE + RECORD_REF_OFFSET, RecordDescriptor.word(position, length));
        publish(sequence, SlotStateDescriptor.ready(sequence, 0));
        inFlight.add(length);
        cursor.position = inFlight.end();
    }

    private void publish(long sequence, long word) {
        // edge SPMC_COMMIT, to SpmcRingReceiver.poll, SpmcRingReceiver.hasNext,
        // RingStats.ofSpmc, SpmcRingPeek.peek: payload and record reference are visible before the
        // slot state; so are the later messages of a batch, which are published first.
        slotStates.setLongRelease(sequence * STRIDE, word);
    }

    /**
     * Begins a batch. Its slots are ready when it is committed, the first one last: receivers stop
     * there, and the others say that they are of a batch, see {@link SlotBatch}.
     */
    @Override
    public boolean tryBatch(int length) {
        long position = cursor.position;
        int slots = Math.min(length / STRIDE, SlotBatch.maxMessages(count));
        if (!hasRoomFor(position + length, slots)) {
            return false;
        }
        MappingFault.poll(); // A fault of making room must not leave the batch open.
        cursor.savedLimit = cursor.limit;
        cursor.limit = NO_ROOM;
        cursor.batchNext = position;
        cursor.batchEnd = position + length;
        cursor.batchSlots = slots;
        cursor.batchCount = 0;
        claimedLength = 0;
        return true;
    }

    @Override
    public boolean extendBatch(int length) {
        long end = cursor.batchEnd + length;
        int slots = cursor.batchSlots + length / STRIDE;
        if (slots > SlotBatch.maxMessages(count)) {
            return false;
        }
        if (!hasSpace(end, slots)) {
            reclaim(end, slots);
            cursor.savedLimit = inFlight.start() + capacity;
            if (!hasSpace(end, slots)) {
                return false;
            }
        }
        cursor.batchEnd = end;
        cursor.batchSlots = slots;
        return true;
    }

    @Override
    public boolean hasBatchRoom(int length, int messages) {
        long end = cursor.batchNext + (long) messages * RecordDescriptor.batchedLength(length);
        return end <= cursor.batchEnd && messages <= cursor.batchSlots - cursor.batchCount;
    }

    @Override
    public long addToBatch(int length) {
        completeClaimed();
        long next = cursor.batchNext;
        int messages = cursor.batchCount;
        int unused = unused(length);
        long end = next + SlotStateDescriptor.ringLength(length);
        if (end + unused > cursor.batchEnd || messages == cursor.batchSlots) {
            return -1;
        }
        long sequence = inFlight.next() + messages;
        slotStates.setLong(
                sequence * STRIDE + RECORD_REF_OFFSET, RecordDescriptor.word(next, length));
        inFlight.prepare(sequence, length);
        cursor.batchCount = messages + 1;
        cursor.batchNext = end;
        cursor.batchEnd -= unused;
        claimedAt = next;
        claimedLength = length;
        return ring.index(next);
    }

    @Override
    public void removeFromBatch() {
        cursor.batchCount--;
        cursor.batchNext = claimedAt;
        cursor.batchEnd += unused(claimedLength);
        claimedLength = 0;
    }

    /** Returns how much less of the ring a record takes than the room that is counted for it. */
    private static int unused(int length) {
        return RecordDescriptor.batchedLength(length) - SlotStateDescriptor.ringLength(length);
    }

    private void completeClaimed() {
        if (claimedLength > 0) {
            ring.afterWrite(claimedAt, claimedLength);
            claimedLength = 0;
        }
    }

    @Override
    public void commitBatch() {
        completeClaimed();
        long first = inFlight.next();
        int messages = cursor.batchCount;
        for (int index = messages - 1; index >= 0; index--) {
            long sequence = first + index;
            publish(sequence, SlotBatch.ready(sequence, index));
        }
        for (int index = 0; index < messages; index++) {
            inFlight.addPrepared();
        }
        cursor.position = inFlight.end();
        cursor.limit = cursor.savedLimit;
    }

    private boolean hasRoom(long position, int length) {
        return hasRoomFor(position + SlotStateDescriptor.ringLength(length), 1);
    }

    /**
     * Tests whether there is room for messages, or makes it.
     *
     * @param end the end of the last message
     * @param slots the number of messages
     */
    private boolean hasRoomFor(long end, int slots) {
        return fits(end, slots) || makeRoom(end, slots);
    }

    private boolean fits(long end, int slots) {
        return end <= cursor.limit && inFlight.hasSlots(slots);
    }

    private boolean makeRoom(long end, int slots) {
        if (cursor.limit == NO_ROOM) {
            return false; // Closed, or a message is claimed, or a batch is open.
        }
        postPosition();
        reclaim(end, slots);
        cursor.limit = inFlight.start() + capacity;
        return hasSpace(end, slots);
    }

    private boolean hasSpace(long end, int slots) {
        return end <= inFlight.start() + capacity && inFlight.hasSlots(slots);
    }

    /**
     * Removes the records that are done, from the oldest on, until the messages fit, and some more.
     */
    private void reclaim(long end, int slots) {
        for (int i = 0; !inFlight.isEmpty() && (i < RECLAIM_BATCH || !hasSpace(end, slots)); i++) {
            long sequence = inFlight.first();
            // edge SPMC_RELEASE, from SpmcRingReceiver.release, SpmcRingRecovery.drop: a
            // payload that was read may be overwritten.
            long word = slotStates.getLongAcquire(sequence * STRIDE);
            if (!isDone(word, sequence)) {
                break;
            }
            inFlight.removeFirst();
        }
    }

    /**
     * Frees at least a quarter of the ring, unless a receiver is processing a message there: the
     * space behind that message is not available yet.
     */
    @Override
    public boolean dropOldest(int length, int messages, Runnable count) {
        long needed = inFlight.end() + SlotStateDescriptor.ringLength(length) - capacity;
        long start = inFlight.start();
        long end = Math.max(needed, start + capacity / 4);
        long last = inFlight.next() + messages - this.count; // Of those whose slots are needed.
        boolean room = false;
        for (long sequence = inFlight.first();
                sequence < inFlight.next() && (start < end || sequence < last);
                sequence++) {
            // No edge: the sender wrote the message; makeRoom decides which space is reused.
            long word = slotStates.getLongAcquire(sequence * STRIDE);
            if (drop(slotStates, sequence * STRIDE, word)) {
                count.run();
            } else if (!isDone(word, sequence)) {
                break;
            }
            room = true;
            start += inFlight.length(sequence);
        }
        return room;
    }

    /**
     * Drops a message, unless a receiver has taken it. Called by the sender's thread.
     *
     * @param offset the offset of the message's slot
     * @param word the slot state, as it was loaded
     * @return whether the message was ready, and is done now
     */
    static boolean drop(Memory slotStates, long offset, long word) {
        if (SlotStateDescriptor.state(word) != SlotStateDescriptor.READY) {
            return false;
        }
        long done = SlotStateDescriptor.done(SlotStateDescriptor.sequence(word));
        // No edge: the message is withdrawn from the receivers; nothing is passed on.
        return slotStates.compareAndSetLong(offset, word, done);
    }

    /** Tests whether an in-flight record is done; if not, it must be ready or taken. */
    private boolean isDone(long word, long sequence) {
        if (word == SlotStateDescriptor.done(sequence)) {
            return true;
        }
        if (SlotStateDescriptor.distance(SlotStateDescriptor.sequence(word), sequence) != 0
                || !SlotStateDescriptor.isValid(word, sequence, count)) {
            throw SlotStateDescriptor.corrupted(
                    word, sequence, count, "sequence " + sequence + ", sent and not yet received");
        }
        return false;
    }

    @Override
    public Memory ring() {
        return ring;
    }

    /** Returns the oldest sequence that was not done when the sender last tried to make room. */
    @Override
    public long receiverProgress() {
        return inFlight.first();
    }

    /** Posts a position that is never ahead of what was published, and less than a lap behind. */
    private void postPosition() {
        // edge POSTED, to RingStats.ofSpmc: all messages before it are published.
        control.setLongRelease(SENDER_POSITION_OFFSET, cursor.position);
    }

    @Override
    public long position() {
        return cursor.position;
    }

    @Override
    public void verify() {
        for (long sequence = inFlight.first(); sequence < inFlight.next(); sequence++) {
            // No edge: the result is only a check.
            isDone(slotStates.getLongAcquire(sequence * STRIDE), sequence);
        }
    }

    @Override
    public int heldBy() {
        if (inFlight.isEmpty()) {
            return -1;
        }
        // No edge: a caller that acts on the result holds that receiver's lock.
        long word = slotStates.getLongAcquire(inFlight.first() * STRIDE);
        return SlotStateDescriptor.state(word) == SlotStateDescriptor.TAKEN
                ? SlotStateDescriptor.owner(word)
                : -1;
    }

    @Override
    public void close() {
        cursor.limit = NO_ROOM;
        postPosition();
    }
}
