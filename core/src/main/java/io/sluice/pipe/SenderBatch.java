package io.sluice.pipe;

import io.sluice.BrokenChannelException;
import io.sluice.memory.MappingFault;
import io.sluice.ring.LaneSender;
import io.sluice.ring.SpscRingSender;
import io.sluice.wait.Waiter;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The batch of a sender's end: messages that become visible together. One room check, one look for
 * receivers that have left, and one announcement are for all of them; what is left for each is the
 * record.
 *
 * <p>(Publishing several entries at once is what Disruptor's {@code next(n)} does; that nothing of
 * it is visible before, whatever happens to the sender, is this lane's: see {@link
 * LaneSender#tryBatch}.)
 *
 * <p>It is begun by {@link #tryBegin}, or by {@link #tryAppend}, which gives it more room as more
 * messages come. Guarantee: as {@link SenderEndpoint}. One thread at a time.
 */
public final class SenderBatch {
    /** The least room: that of an empty message. */
    private static final int MIN_LENGTH = 16;

    private final SenderEndpoint end;
    private final LaneSender lane;
    private final Membership membership;
    private final int maxLength;
    private final int maxFlatLength;

    /** The ring that the batch is in, while one is open, if it has one receiver; else null. */
    private SpscRingSender ring;

    private boolean open;
    private boolean appending;

    /**
     * Creates the batch of a sender.
     *
     * @param maxLength the largest room; 0 if the lane has no batches
     */
    SenderBatch(SenderEndpoint end, int maxLength) {
        this.end = end;
        this.lane = end.lane();
        this.membership = end.membership;
        this.maxLength = maxLength;
        this.maxFlatLength = end.maxFlatLength();
    }

    /**
     * Begins a batch if there is room for it.
     *
     * @param length the room, in bytes
     * @return whether it is open
     * @throws BrokenChannelException if all receivers have left
     * @throws IllegalArgumentException if no such batch fits into the lane
     * @throws UnsupportedOperationException if this is a rendezvous pipe
     */
    public boolean tryBegin(int length) {
        check(length);
        return end.tryBatch(length);
    }

    /**
     * Begins a batch, and blocks while there is no room for it.
     *
     * @param length the room, in bytes
     * @param nanos the timeout, as in {@link Waiter#start}
     * @return whether it is open; always true without a timeout
     * @throws InterruptedException if this thread was interrupted while it waited
     * @throws BrokenChannelException if all receivers have left
     * @throws IllegalArgumentException if no such batch fits into the lane
     * @throws UnsupportedOperationException if this is a rendezvous pipe
     */
    public boolean begin(int length, long nanos) throws InterruptedException {
        check(length);
        return end.batch(length, nanos);
    }

    private void check(int length) {
        if (maxLength == 0) {
            throw new UnsupportedOperationException(
                    "a rendezvous pipe hands over one message at a time: send them one by one, or"
                            + " use a buffered pipe");
        }
        if (length < MIN_LENGTH || length > maxLength) {
            throw new IllegalArgumentException(
                    "a batch of "
                            + length
                            + " bytes; this pipe holds "
                            + MIN_LENGTH
                            + ".."
                            + maxLength
                            + ": make it with a larger capacity, or send smaller batches");
        }
    }

    /** Opens the batch, once the lane has room for it. */
    void open() {
        ring = end.spscRing();
        open = true;
        appending = false;
    }

    private void close() {
        ring = null;
        open = false;
    }

    /**
     * Tests whether the batch is open.
     *
     * @return whether it was neither committed nor aborted
     */
    public boolean isOpen() {
        return open;
    }

    /** Throws the reason why the sender cannot do anything else. */
    void checkNotOpen() {
        if (open) {
            throw new IllegalStateException(
                    appending
                            ? "messages were appended: flush them first"
                            : "a batch is open: commit or abort it; if another thread did that,"
                                    + " open a sender for each thread, of a pipe for many");
        }
    }

    private void checkOpen() {
        if (!open) {
            membership.checkOpen();
            throw new IllegalStateException(
                    "no batch is open: it was committed or aborted; if another thread did that,"
                            + " open a sender for each thread, of a pipe for many");
        }
    }

    /**
     * Adds a message if the batch has room for it.
     *
     * @param source the bytes that hold the message
     * @param offset the offset of the message in the source
     * @param length the message's length in bytes
     * @return whether it was added
     * @throws IllegalStateException if the batch is not open
     */
    public boolean tryAdd(byte[] source, int offset, int length) {
        SpscRingSender spsc = ring;
        try {
            if (spsc == null
                    || length < 0
                    || length > maxFlatLength
                    || !spsc.tryAddWithinRoom(source, offset, length)) {
                return tryAddAny(source, null, offset, length);
            }
            MappingFault.poll();
            return true;
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        }
    }

    private boolean tryAddAny(byte[] array, MemorySegment segment, long offset, int length) {
        long at = tryReserve(length);
        if (at < 0) {
            return false;
        }
        boolean copied = false;
        try {
            lane.copy(array, segment, offset, at, length);
            MappingFault.poll();
            copied = true;
        } finally {
            if (!copied) {
                lane.removeFromBatch();
            }
        }
        return true;
    }

    /**
     * Adds a message if the batch has room for it.
     *
     * @param source the memory that holds the message
     * @param offset the offset of the message in the source
     * @param length the message's length in bytes
     * @return whether it was added
     * @throws IllegalStateException if the batch is not open
     */
    public boolean tryAdd(MemorySegment source, long offset, int length) {
        SpscRingSender spsc = ring;
        try {
            if (spsc == null
                    || length < 0
                    || length > maxFlatLength
                    || !spsc.tryAddWithinRoom(source, offset, length)) {
                return tryAddAny(null, source, offset, length);
            }
            MappingFault.poll();
            return true;
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        }
    }

    /**
     * Adds messages of the same length, which lie one behind the other, if the batch has room for
     * all of them.
     *
     * @param source the bytes that hold the messages
     * @param offset the offset of the first message in the source
     * @param length the length of each message in bytes
     * @param count the number of messages
     * @return whether they were added
     * @throws IllegalStateException if the batch is not open
     */
    public boolean tryAddAll(byte[] source, int offset, int length, int count) {
        SpscRingSender spsc = ring;
        try {
            if (spsc == null || length < 0 || length > maxFlatLength || count < 0) {
                return tryAddEach(source, null, source.length, offset, length, count);
            }
            boolean added = spsc.tryAddAllWithinRoom(source, offset, length, count);
            MappingFault.poll();
            return added;
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        }
    }

    /**
     * Adds messages of the same length, which lie one behind the other, if the batch has room for
     * all of them.
     *
     * @param source the memory that holds the messages
     * @param offset the offset of the first message in the source
     * @param length the length of each message in bytes
     * @param count the number of messages
     * @return whether they were added
     * @throws IllegalStateException if the batch is not open
     */
    public boolean tryAddAll(MemorySegment source, long offset, int length, int count) {
        return tryAddEach(null, source, source.byteSize(), offset, length, count);
    }

    private boolean tryAddEach(
            byte[] array, MemorySegment segment, long size, long offset, int length, int count) {
        checkOpen();
        end.checkLength(length);
        if (count < 0) {
            throw new IllegalArgumentException("count=" + count + " is negative");
        }
        Objects.checkFromIndexSize(offset, (long) length * count, size);
        if (!lane.hasBatchRoom(length, count)) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            long at = offset + (long) i * length;
            if (array != null) {
                tryAdd(array, (int) at, length);
            } else {
                tryAdd(segment, at, length);
            }
        }
        return true;
    }

    /**
     * Adds a message that the caller writes in place before its next call, if the batch has room
     * for it.
     *
     * @param length the message's length in bytes
     * @return its offset in {@link #base}; -1 if there is no room
     * @throws IllegalStateException if the batch is not open
     */
    public long tryClaim(int length) {
        try {
            long at = tryReserve(length);
            MappingFault.poll();
            return at;
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        }
    }

    private long tryReserve(int length) {
        checkOpen();
        end.checkLength(length);
        return lane.addToBatch(length);
    }

    /**
     * Returns the memory that contains the messages.
     *
     * @return a segment that is larger than the batch
     * @throws IllegalStateException if the batch is not open
     */
    public MemorySegment base() {
        checkOpen();
        return lane.ring().bytes();
    }

    /**
     * Sends the messages.
     *
     * @throws IllegalStateException if the batch is not open
     */
    public void commit() {
        checkOpen();
        try {
            publish();
            end.announce();
            MappingFault.poll();
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        }
    }

    private void publish() {
        boolean committed = false;
        close();
        try {
            lane.commitBatch();
            committed = true;
        } finally {
            if (!committed) {
                lane.abort(); // The next call must report the cause, not an open batch.
            }
        }
    }

    /**
     * Discards the messages.
     *
     * @throws IllegalStateException if the batch is not open
     */
    public void abort() {
        checkOpen();
        lane.abort();
        close();
    }

    /**
     * Appends a message if there is room: to a batch that was begun by an earlier call, or to a new
     * one. If the former has no room, sends it.
     *
     * @param source the bytes that hold the message
     * @param offset the offset of the message in the source
     * @param length the message's length in bytes
     * @return whether it was appended
     * @throws BrokenChannelException if all receivers have left
     */
    public boolean tryAppend(byte[] source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        return isAppending() && tryAdd(source, offset, length)
                || canAppend(length) && tryAdd(source, offset, length);
    }

    /**
     * Appends a message if there is room, as {@link #tryAppend(byte[], int, int)}.
     *
     * @param source the memory that holds the message
     * @param offset the offset of the message in the source
     * @param length the message's length in bytes
     * @return whether it was appended
     * @throws BrokenChannelException if all receivers have left
     */
    public boolean tryAppend(MemorySegment source, long offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.byteSize());
        return isAppending() && tryAdd(source, offset, length)
                || canAppend(length) && tryAdd(source, offset, length);
    }

    /**
     * Appends a message, and blocks while there is no room.
     *
     * @param source the bytes that hold the message
     * @param offset the offset of the message in the source
     * @param length the message's length in bytes
     * @throws InterruptedException if this thread was interrupted while it waited
     * @throws BrokenChannelException if all receivers have left
     */
    public void append(byte[] source, int offset, int length) throws InterruptedException {
        if (!tryAppend(source, offset, length)) {
            begin(lane.batchedLength(length), Waiter.NO_TIMEOUT);
            appending = true;
            tryAdd(source, offset, length);
        }
    }

    /**
     * Appends a message, and blocks while there is no room.
     *
     * @param source the memory that holds the message
     * @param offset the offset of the message in the source
     * @param length the message's length in bytes
     * @throws InterruptedException if this thread was interrupted while it waited
     * @throws BrokenChannelException if all receivers have left
     */
    public void append(MemorySegment source, long offset, int length) throws InterruptedException {
        if (!tryAppend(source, offset, length)) {
            begin(lane.batchedLength(length), Waiter.NO_TIMEOUT);
            appending = true;
            tryAdd(source, offset, length);
        }
    }

    private boolean isAppending() {
        return open && appending;
    }

    /** Makes room for a message to be appended, and for some more, if that needs no wait. */
    private boolean canAppend(int length) {
        end.checkLength(length);
        int needed = lane.batchedLength(length);
        check(needed);
        if (isAppending()) {
            if (extend(needed)) {
                return true;
            }
            flush();
        }
        if (!end.tryBatch(needed)) {
            return false;
        }
        appending = true;
        extend(0);
        return true;
    }

    private boolean extend(int needed) {
        try {
            return lane.extendBatch(Math.max(needed, maxLength / 8 & -8))
                    || lane.extendBatch(needed);
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        }
    }

    /**
     * Sends the messages that were appended, if there are any.
     *
     * @throws IllegalStateException if a batch is open that was not begun by appending
     */
    public void flush() {
        if (isAppending()) {
            commit();
        } else {
            membership.checkOpen();
            checkNotOpen();
        }
    }
}
