package io.sluice.ring;

import static io.sluice.ring.LaneDescriptor.RECEIVER_POSITION_OFFSET;
import static io.sluice.ring.LaneDescriptor.SENDER_POSITION_OFFSET;
import static io.sluice.ring.LaneDescriptor.TAKEN_POSITION_OFFSET;
import static io.sluice.ring.LaneDescriptor.WAKEUP_POSITION_OFFSET;
import static io.sluice.ring.RecordDescriptor.HEADER_LENGTH;
import static io.sluice.ring.RecordDescriptor.UNCOMMITTED;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.MappingFault;
import io.sluice.memory.Memory;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The sending side of a lane with one receiver, or of one of which each receiver gets every
 * message: there a {@link BroadcastLimit} stands for the position of the receiver.
 *
 * <p>Publishes a record by its own word (the idea is that of Agrona's and Aeron's length fields).
 * The <em>next</em> record's word was cleared before, so the receiver never zeroes what it has
 * read: only the sender writes the data lines, and each moves between the CPUs once. The sender
 * clears several lines at a time, which also fetches them from the receiver's CPU together instead
 * of one by one.
 *
 * <p>Invariants: the word at the sender's position is zero, and so are all bytes from there to
 * <em>cleared</em>, unless a record is being written there; the receiver never reads beyond that
 * word; between the receiver's position and the sender's lie only complete committed records. So a
 * sender that dies at any instruction leaves nothing to repair.
 *
 * <p>Guarantee: wait-free. One thread at a time.
 */
public final class SpscRingSender implements RingSender {
    /** A limit below every position, so that each attempt calls {@link #makeRoom}. */
    private static final long NO_ROOM = Long.MIN_VALUE;

    /** The number of bytes cleared at once: sixteen lines (ADR 6). */
    private static final int CLEAR_AHEAD = 1024;

    private static final byte[] ZEROS = new byte[CLEAR_AHEAD];

    private final Memory control;
    private final Memory ring;
    private final int capacity;
    private final Cursor cursor = new Cursor();

    /** Null if the lane has one receiver. */
    private final BroadcastLimit broadcast;

    /** The position and the length of the batch's last payload, written in place until then. */
    private long claimedAt;

    private int claimedLength;

    /**
     * Creates a sender that continues where the last one stopped.
     *
     * @param control the lane's control block
     * @param ring the lane's ring, mirrored
     */
    public SpscRingSender(Memory control, Memory ring) {
        this(control, ring, null);
    }

    /** Creates a sender for the receivers of a broadcast, unless the limit is null. */
    SpscRingSender(Memory control, Memory ring, BroadcastLimit broadcast) {
        this.control = control;
        this.ring = ring;
        this.broadcast = broadcast;
        this.capacity = Math.toIntExact(ring.size());
        resume();
    }

    private void resume() {
        cursor.position = findPosition();
        cursor.room = 0;
        resetCleared();
    }

    @Override
    public long sequence() {
        return 0;
    }

    @Override
    public void restart(long position, long sequence) {
        // No edge of their own: a thread that reads them has seen the segment linked, by edge LINK.
        control.setLong(SENDER_POSITION_OFFSET, position);
        control.setLong(RECEIVER_POSITION_OFFSET, position);
        control.setLong(TAKEN_POSITION_OFFSET, position);
        ring.setLong(position, UNCOMMITTED);
        resume();
    }

    /**
     * Returns the position of the first uncommitted word, at which the last sender stopped: from
     * the receiver's position on, or from a boundary.
     */
    private long findPosition() {
        long received = broadcast == null ? receiverPosition() : broadcast.resume(cursor);
        long position = received;
        while (position - received < capacity) {
            // No edge of its own: what the last sender wrote came with its lock, by edge LOCK.
            long word = ring.getLongAcquire(position);
            if (word == UNCOMMITTED) {
                return position;
            }
            int length =
                    RecordDescriptor.payloadLength(
                            word, position, LaneDescriptor.maxPayloadLength(capacity));
            position += RecordDescriptor.recordLength(length);
            count(1);
        }
        throw new ChannelCorruptedException(
                "no uncommitted word within "
                        + capacity
                        + " bytes of the receiver's position "
                        + received);
    }

    private long receiverPosition() {
        // edge RELEASE, from SpscRingReceiver.release: the space before this position is free.
        long received = control.getLongAcquire(RECEIVER_POSITION_OFFSET);
        LaneDescriptor.checkReceiverPosition(received, received, capacity);
        return received;
    }

    @Override
    public boolean tryWriteWithinLimit(byte[] source, int offset, int length) {
        long position = cursor.position;
        long next = position + RecordDescriptor.recordLength(length);
        if (next > cursor.limit) {
            return false;
        }
        publish(position, source, offset, length);
        cursor.position = next;
        count(1);
        return true;
    }

    @Override
    public boolean tryWriteWithinLimit(MemorySegment source, long offset, int length) {
        long position = cursor.position;
        long next = position + RecordDescriptor.recordLength(length);
        if (next > cursor.limit) {
            return false;
        }
        boolean written = false;
        try {
            publish(position, source, offset, length);
            written = true;
        } finally {
            if (!written) {
                resetCleared(); // The source failed during the copy.
            }
        }
        cursor.position = next;
        count(1);
        return true;
    }

    @Override
    public boolean tryWrite(byte[] source, int offset, int length) {
        return hasRoom(cursor.position, RecordDescriptor.recordLength(length))
                && tryWriteWithinLimit(source, offset, length);
    }

    @Override
    public boolean tryWrite(MemorySegment source, long offset, int length) {
        return hasRoom(cursor.position, RecordDescriptor.recordLength(length))
                && tryWriteWithinLimit(source, offset, length);
    }

    @Override
    public long tryClaim(int length) {
        return hasRoom(cursor.position, RecordDescriptor.recordLength(length))
                ? tryClaimWithinLimit(length)
                : -1;
    }

    /**
     * Claims room for a message if it is known already: the hot path of {@link #tryClaim}.
     *
     * @param length the message's length in bytes, at most {@link LaneDescriptor#maxPayloadLength}
     * @return the offset of its payload in the ring, or -1, after which nothing was done
     */
    public long tryClaimWithinLimit(int length) {
        long position = cursor.position;
        long limit = cursor.limit;
        if (position + RecordDescriptor.recordLength(length) > limit) {
            return -1;
        }
        MappingFault.poll(); // A fault of clearing must not leave the room claimed.
        cursor.savedLimit = limit;
        cursor.limit = NO_ROOM;
        return ring.index(position + HEADER_LENGTH);
    }

    @Override
    public void commit(int length) {
        long position = cursor.position;
        ring.afterWrite(position + HEADER_LENGTH, length);
        publish(position, RecordDescriptor.recordLength(length), length);
        count(1);
        cursor.limit = cursor.savedLimit;
    }

    @Override
    public void abort() {
        resetCleared(); // The caller may have written there.
    }

    /** Clears the word after the record: the caller may have written there. */
    @Override
    public void commitShorter(int length) {
        ring.setLong(cursor.position + RecordDescriptor.recordLength(length), UNCOMMITTED);
        commit(length);
        resetCleared();
    }

    /**
     * Begins a batch. Its words are stored as messages are added, except the first: the receiver
     * stops there, and so does a successor of this sender, which knows no more than that word to be
     * zero. Nothing is cleared before the end is known.
     */
    @Override
    public boolean tryBatch(int length) {
        long position = cursor.position;
        long end = position + length;
        if (end > cursor.limit && !findRoom(position, end)) {
            return false;
        }
        MappingFault.poll(); // A fault of making room must not leave the batch open.
        cursor.limit = NO_ROOM;
        cursor.batchNext = position;
        cursor.batchEnd = end;
        claimedLength = 0;
        return true;
    }

    @Override
    public boolean extendBatch(int length) {
        long end = cursor.batchEnd + length;
        if (end > cursor.room && !loadRoom(cursor.position, end)) {
            return false;
        }
        cursor.batchEnd = end;
        return true;
    }

    /**
     * Adds a message to the batch if there is room for it. The hot path of a batch: no loop, no
     * call but the copy of a long message.
     *
     * @param source the bytes that hold the message
     * @param offset the offset of the message in the source
     * @param length the message's length in bytes, at most {@link LaneDescriptor#maxPayloadLength}
     * @return whether it was added
     */
    public boolean tryAddWithinRoom(byte[] source, int offset, int length) {
        long next = cursor.batchNext;
        long end = next + RecordDescriptor.recordLength(length);
        if (end > cursor.batchEnd) {
            return false;
        }
        ring.writeRecord(next, batchWord(next, length), source, offset, length);
        cursor.batchNext = end;
        return true;
    }

    /**
     * Adds a message to the batch if there is room for it.
     *
     * @param source the memory that holds the message
     * @param offset the offset of the message in the source
     * @param length the message's length in bytes, at most {@link LaneDescriptor#maxPayloadLength}
     * @return whether it was added
     */
    public boolean tryAddWithinRoom(MemorySegment source, long offset, int length) {
        long next = cursor.batchNext;
        long end = next + RecordDescriptor.recordLength(length);
        if (end > cursor.batchEnd) {
            return false;
        }
        boolean written = false;
        try {
            ring.writeRecord(next, batchWord(next, length), source, offset, length);
            written = true;
        } finally {
            if (!written) {
                resetCleared(next); // The source failed during the copy.
            }
        }
        cursor.batchNext = end;
        return true;
    }

    /**
     * Adds messages of the same length, which lie one behind the other, if the batch has room for
     * all of them. The hot path of short messages: one loop, whose values are in registers.
     *
     * @param source the bytes that hold the messages
     * @param offset the offset of the first message in the source
     * @param length the length of each message in bytes, at most {@link
     *     LaneDescriptor#maxPayloadLength}
     * @param count the number of messages
     * @return whether they were added
     */
    public boolean tryAddAllWithinRoom(byte[] source, int offset, int length, int count) {
        Objects.checkFromIndexSize(offset, (long) length * count, source.length);
        if (!hasBatchRoom(length, count)) {
            return false;
        }
        int from = offset;
        int left = count;
        if (left > 0 && cursor.batchNext == cursor.position) {
            tryAddWithinRoom(source, from, length);
            from += length;
            left--;
        }
        long next = cursor.batchNext;
        long word = RecordDescriptor.word(next, length);
        long step =
                RecordDescriptor.word(next + RecordDescriptor.recordLength(length), length) - word;
        ring.writeRecords(next, word, step, source, from, length, left);
        cursor.batchNext = next + (long) left * RecordDescriptor.recordLength(length);
        return true;
    }

    @Override
    public boolean hasBatchRoom(int length, int messages) {
        long end = cursor.batchNext + (long) messages * RecordDescriptor.recordLength(length);
        return end <= cursor.batchEnd;
    }

    /** Returns the word to store for a record of the batch: none yet for the first. */
    private long batchWord(long next, int length) {
        long word = RecordDescriptor.word(next, length);
        if (next != cursor.position) {
            return word;
        }
        cursor.batchFirst = word;
        return UNCOMMITTED;
    }

    @Override
    public long addToBatch(int length) {
        completeClaimed();
        long next = cursor.batchNext;
        long end = next + RecordDescriptor.recordLength(length);
        if (end > cursor.batchEnd) {
            return -1;
        }
        ring.setLong(next, batchWord(next, length));
        cursor.batchNext = end;
        claimedAt = next + HEADER_LENGTH;
        claimedLength = length;
        return ring.index(claimedAt);
    }

    @Override
    public void removeFromBatch() {
        long last = claimedAt - HEADER_LENGTH;
        claimedLength = 0;
        cursor.batchNext = last;
        cursor.cleared = Math.min(cursor.cleared, last); // Its word may have been stored.
    }

    private void completeClaimed() {
        if (claimedLength > 0) {
            ring.afterWrite(claimedAt, claimedLength);
            claimedLength = 0;
        }
    }

    /** Publishes the batch by its first word, after clearing the word behind the last record. */
    @Override
    public void commitBatch() {
        completeClaimed();
        long position = cursor.position;
        long end = cursor.batchNext;
        if (end == position) {
            abort();
            return;
        }
        clear(end, end - position);
        count(broadcast == null ? 0 : messagesOfBatch(position, end));
        publish(position, end, cursor.batchFirst);
        limitTo(end, end);
    }

    /** Counts messages of a broadcast: the others need no count. */
    private void count(int messages) {
        if (broadcast != null) {
            cursor.messages += messages;
        }
    }

    /** Counts the messages of a batch before it is published: no receiver has its lines yet. */
    private int messagesOfBatch(long position, long end) {
        int longest = LaneDescriptor.maxPayloadLength(capacity);
        int messages = 0;
        for (long next = position; next < end; messages++) {
            long word = next == position ? cursor.batchFirst : ring.getLong(next);
            int length = RecordDescriptor.payloadLength(word, next, longest);
            next += RecordDescriptor.recordLength(length);
        }
        return messages;
    }

    /** Forgets what was cleared from a position on, but for the word there. */
    private void resetCleared(long position) {
        cursor.cleared = Math.min(cursor.cleared, position + HEADER_LENGTH);
    }

    /** Forgets what was cleared: only the word at this position is known to be zero. */
    private void resetCleared() {
        cursor.cleared = cursor.position + HEADER_LENGTH;
        cursor.limit = cursor.position;
    }

    private void publish(long position, int recordLength, int length) {
        publish(position, position + recordLength, RecordDescriptor.word(position, length));
    }

    /** Publishes a record, or a batch by its first one. */
    private void publish(long position, long next, long word) {
        // edge COMMIT, to SpscRingReceiver.poll, SpscRingReceiver.controlledPoll,
        // SpscRingReceiver.pollKept,
        // SpscRingReceiver.pollRedelivered, SpscRingReceiver.collect, SpscRingReceiver.hasNext,
        // SpscRingReceiver.peekLong, RingStats.ofSpsc, SpscRingPeek.peek,
        // GatedRingReceiver.poll, GatedRingReceiver.controlledPoll, GatedRingReceiver.collect,
        // LossyRingReceiver.copyNext, BroadcastRingReceiver.word:
        // payload and the cleared next word are visible first; so are the later words of a batch.
        ring.setLongRelease(position, word);
        cursor.position = next;
    }

    /** Writes and publishes a record. */
    private void publish(long position, byte[] source, int offset, int length) {
        // edge COMMIT, to SpscRingReceiver.poll, SpscRingReceiver.controlledPoll,
        // SpscRingReceiver.pollKept,
        // SpscRingReceiver.pollRedelivered, SpscRingReceiver.collect, SpscRingReceiver.hasNext,
        // SpscRingReceiver.peekLong, RingStats.ofSpsc, SpscRingPeek.peek,
        // GatedRingReceiver.poll, GatedRingReceiver.controlledPoll, GatedRingReceiver.collect,
        // LossyRingReceiver.copyNext, BroadcastRingReceiver.word: as above.
        ring.writeRecord(position, RecordDescriptor.word(position, length), source, offset, length);
    }

    /** Writes and publishes a record. */
    private void publish(long position, MemorySegment source, long offset, int length) {
        // edge COMMIT, to SpscRingReceiver.poll, SpscRingReceiver.controlledPoll,
        // SpscRingReceiver.pollKept,
        // SpscRingReceiver.pollRedelivered, SpscRingReceiver.collect, SpscRingReceiver.hasNext,
        // SpscRingReceiver.peekLong, RingStats.ofSpsc, SpscRingPeek.peek,
        // GatedRingReceiver.poll, GatedRingReceiver.controlledPoll, GatedRingReceiver.collect,
        // LossyRingReceiver.copyNext, BroadcastRingReceiver.word: as above.
        ring.writeRecord(position, RecordDescriptor.word(position, length), source, offset, length);
    }

    private boolean hasRoom(long position, int recordLength) {
        return position + recordLength <= cursor.limit || makeRoom(position, recordLength);
    }

    /**
     * Makes room for a record: reads the receiver's position if needed, and clears the word after
     * the record. The room excludes that word. The limit stays below the room, so that this method
     * runs several times per lap and publishes the sender's position at no cost to the hot path.
     */
    private boolean makeRoom(long position, int recordLength) {
        long end = position + recordLength;
        if (!findRoom(position, end)) {
            return false;
        }
        clear(end, recordLength);
        limitTo(end, position);
        return true;
    }

    /** Posts the sender's position, and finds out whether there is room up to an end. */
    private boolean findRoom(long position, long end) {
        if (cursor.limit == NO_ROOM) {
            return false; // Closed, or a message is claimed, or a batch is open.
        }
        if (broadcast != null) {
            broadcast.note(position, cursor.messages);
        }
        boolean enough = end <= cursor.room || loadRoom(position, end);
        postPosition(position);
        if (!enough) {
            // Half empty, or emptier if this message needs it: otherwise each message would be a
            // wake-up.
            long wanted = Math.max(end + HEADER_LENGTH - capacity, position - capacity / 2);
            control.setLong(WAKEUP_POSITION_OFFSET, wanted);
        }
        return enough;
    }

    /** Reads the receivers' positions; returns whether there is room up to an end. */
    private boolean loadRoom(long position, long end) {
        if (broadcast != null) {
            cursor.room = broadcast.load(position, cursor.messages, end) - HEADER_LENGTH;
            return end <= cursor.room;
        }
        // edge RELEASE, from SpscRingReceiver.release: what it has read may be overwritten.
        long received = control.getLongAcquire(RECEIVER_POSITION_OFFSET);
        LaneDescriptor.checkReceiverPosition(received, position, capacity);
        cursor.room = received + capacity - HEADER_LENGTH;
        return end <= cursor.room;
    }

    /** Sets the limit: all is cleared up to there, and no more than a quarter lap is left. */
    private void limitTo(long end, long position) {
        long cleared = cursor.cleared - HEADER_LENGTH;
        cursor.limit = Math.max(end, Math.min(cleared, position + capacity / 4));
    }

    /**
     * Clears the word after the record and up to {@link #CLEAR_AHEAD} bytes from there: lines that
     * the receiver's CPU holds must be fetched from it, and many take hardly more time than one.
     * Stops at the ring's end, so that only payload needs the ring to be mirrored.
     */
    private void clear(long end, long recordLength) {
        if (end < cursor.cleared) {
            return;
        }
        // Bytes before the end need no clearing: the record, or the batch, covers them.
        int length = recordLength > CLEAR_AHEAD ? HEADER_LENGTH : CLEAR_AHEAD;
        length = (int) Math.min(length, cursor.room + HEADER_LENGTH - end);
        length = (int) Math.min(length, capacity - ring.index(end));
        ring.write(end, ZEROS, 0, length);
        cursor.cleared = end + length;
    }

    /**
     * Publishes the position of the next record as a hint, which is never ahead of what was
     * published.
     */
    private void postPosition(long position) {
        // edge POSTED, to SpscRingReceiver.verify, BoundaryFinder.sent,
        // RingStats.ofBroadcast: all before it is published.
        control.setLongRelease(SENDER_POSITION_OFFSET, position);
    }

    @Override
    public Memory ring() {
        return ring;
    }

    @Override
    public long receiverProgress() {
        return cursor.room;
    }

    @Override
    public long position() {
        return cursor.position;
    }

    /**
     * Closes the gate of a receiver of a broadcast that has not opened this lane yet.
     *
     * @param receiver the receiver's index
     */
    public void gate(int receiver) {
        broadcast.gate(receiver, cursor.position);
    }

    @Override
    public int heldBy() {
        return broadcast == null ? -1 : broadcast.holder();
    }

    @Override
    public void verify() {
        long position = cursor.position;
        if (broadcast != null) {
            broadcast.verify(position);
            return;
        }
        // edge RELEASE, from SpscRingReceiver.release
        long received = control.getLongAcquire(RECEIVER_POSITION_OFFSET);
        LaneDescriptor.checkReceiverPosition(received, position, capacity);
        // No edge: this sender wrote it, or the one before, whose lock it has acquired.
        long word = ring.getLongAcquire(received);
        if (received != position) {
            RecordDescriptor.payloadLength(
                    word, received, LaneDescriptor.maxPayloadLength(capacity));
        } else if (word != UNCOMMITTED) {
            throw new ChannelCorruptedException(
                    String.format(
                            "the word 0x%016x at the sender's position %d; expected 0",
                            word, position));
        }
    }

    @Override
    public void close() {
        cursor.limit = NO_ROOM;
        postPosition(cursor.position);
    }
}
