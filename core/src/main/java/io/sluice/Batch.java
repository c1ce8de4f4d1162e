package io.sluice;

import io.sluice.memory.MappingFault;
import io.sluice.pipe.SenderBatch;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * Messages that are sent together. Receivers see none of them before {@link #commit}, and all of
 * them after it, also if this process is killed at any moment. {@link #abort} discards them; until
 * then the sender cannot send or claim anything else.
 *
 * <p>A batch makes room, announces and looks for receivers that have left once for all its
 * messages, so short messages cost less in a batch than one by one. The receivers get the messages
 * of a batch as any others, one after the other; several receivers may share them.
 *
 * <pre>{@code
 * Batch batch = sender.batch(16 * 48);    // room for 16 messages of up to 40 bytes
 * for (byte[] order : orders) {
 *     batch.add(order);
 * }
 * batch.commit();
 * }</pre>
 *
 * <p>The room is counted in bytes of the lane. A message takes 8 bytes and its length rounded up to
 * a multiple of 8, at least 16 in all; 8 more if the pipe has {@link Order#ARRIVAL}. On a pipe with
 * many receivers, or one that drops its oldest messages, a batch has also at most one message less
 * than the lane has message slots: 64, or a 64th of its capacity in bytes if that is more; and at
 * most 16,383.
 *
 * <p>A sender has one batch object, which it reuses. It belongs to the sender's thread.
 */
public final class Batch {
    private final PipeSender sender; // Reachable for as long as its batch is.
    private final SenderBatch batch;

    Batch(PipeSender sender, SenderBatch batch) {
        this.sender = sender;
        this.batch = batch;
    }

    /**
     * Adds a message.
     *
     * @param message the message, which may be empty
     * @throws IllegalStateException if the batch has no room for it, see {@link #tryAdd}, or is not
     *     open
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     */
    public void add(byte[] message) {
        add(message, 0, message.length);
    }

    /**
     * Adds a message.
     *
     * @param source the memory that contains the message
     * @param offset the message's offset in the source
     * @param length the message's length in bytes, which may be 0
     * @throws IllegalStateException if the batch has no room for it, see {@link #tryAdd}, or is not
     *     open
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if the message is not within the source
     */
    public void add(byte[] source, int offset, int length) {
        if (!tryAdd(source, offset, length)) {
            throw full(length, 1);
        }
    }

    /**
     * Adds a message.
     *
     * @param source the memory that contains the message
     * @param offset the message's offset in the source
     * @param length the message's length in bytes, which may be 0
     * @throws IllegalStateException if the batch has no room for it, see {@link #tryAdd}, or is not
     *     open
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if the message is not within the source
     */
    public void add(MemorySegment source, long offset, int length) {
        if (!tryAdd(source, offset, length)) {
            throw full(length, 1);
        }
    }

    /**
     * Adds messages of the same length that lie one behind the other, like the elements of an
     * array: as {@link #add(byte[], int, int)} for each, in a fraction of the time if they are
     * short.
     *
     * @param source the memory that contains the messages
     * @param offset the offset of the first message in the source
     * @param length the length of each message in bytes, which may be 0
     * @param count the number of messages, which may be 0
     * @throws IllegalStateException if the batch has no room for all of them, or is not open; none
     *     was added
     * @throws IllegalArgumentException if the count is negative, or a message is longer than {@link
     *     Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if the messages are not within the source
     */
    public void addAll(byte[] source, int offset, int length, int count) {
        boolean added = batch.tryAddAll(source, offset, length, count);
        Reference.reachabilityFence(sender);
        if (!added) {
            throw full(length, count);
        }
    }

    /**
     * Adds messages of the same length that lie one behind the other: as {@link #add(MemorySegment,
     * long, int)} for each. If the source fails in the middle, the batch has the messages before
     * that.
     *
     * @param source the memory that contains the messages
     * @param offset the offset of the first message in the source
     * @param length the length of each message in bytes, which may be 0
     * @param count the number of messages, which may be 0
     * @throws IllegalStateException if the batch has no room for all of them, or is not open; none
     *     was added
     * @throws IllegalArgumentException if the count is negative, or a message is longer than {@link
     *     Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if the messages are not within the source
     */
    public void addAll(MemorySegment source, long offset, int length, int count) {
        boolean added = batch.tryAddAll(source, offset, length, count);
        Reference.reachabilityFence(sender);
        if (!added) {
            throw full(length, count);
        }
    }

    /**
     * Adds a message if the batch has room for it.
     *
     * @param source the memory that contains the message
     * @param offset the message's offset in the source
     * @param length the message's length in bytes, which may be 0
     * @return false if it has no room for it: commit it, and begin another
     * @throws IllegalStateException if the batch is not open
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if the message is not within the source
     */
    public boolean tryAdd(byte[] source, int offset, int length) {
        boolean added = batch.tryAdd(source, offset, length);
        Reference.reachabilityFence(sender);
        return added;
    }

    /**
     * Adds a message if the batch has room for it.
     *
     * @param source the memory that contains the message
     * @param offset the message's offset in the source
     * @param length the message's length in bytes, which may be 0
     * @return false if it has no room for it: commit it, and begin another
     * @throws IllegalStateException if the batch is not open
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if the message is not within the source
     */
    public boolean tryAdd(MemorySegment source, long offset, int length) {
        boolean added = batch.tryAdd(source, offset, length);
        Reference.reachabilityFence(sender);
        return added;
    }

    /**
     * Adds a message to be written in place: into {@link #base} at the returned offset, before the
     * next call of this batch. Its initial content is undefined. A write outside of the message
     * destroys messages that this sender has sent.
     *
     * @param length the message's length in bytes, which may be 0
     * @return the message's offset in {@link #base} in bytes, a multiple of 8
     * @throws IllegalStateException if the batch has no room for it, or is not open
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     */
    public long claim(int length) {
        long offset = batch.tryClaim(length);
        Reference.reachabilityFence(sender);
        if (offset < 0) {
            throw full(length, 1);
        }
        return offset;
    }

    private static IllegalStateException full(int length, int count) {
        return new IllegalStateException(
                "the batch has no room for "
                        + count
                        + (count == 1 ? " message of " : " messages of ")
                        + length
                        + " bytes: commit it and begin another, or begin it with more room");
    }

    /**
     * Returns the memory that contains the messages of {@link #claim}. If a peer truncates the
     * lane's file, an access to it may throw {@link InternalError}: {@link #abort(Throwable)}
     * translates that.
     *
     * @return a segment that is larger than the batch, and is the same for all of it
     * @throws IllegalStateException if the batch is not open
     */
    public MemorySegment base() {
        return batch.base();
    }

    /**
     * Sends the messages, if there are any. Does not wait.
     *
     * @throws ChannelCorruptedException if the lane's file was truncated
     * @throws IllegalStateException if the batch is not open
     */
    public void commit() {
        batch.commit();
        Reference.reachabilityFence(sender);
    }

    /**
     * Discards the messages. Nothing is sent.
     *
     * @throws IllegalStateException if the batch is not open
     */
    public void abort() {
        batch.abort();
        Reference.reachabilityFence(sender);
    }

    /**
     * Discards the messages after a failed write, and returns the exception to throw, as {@link
     * Claim#abort(Throwable)}.
     *
     * @param cause the throwable that the write threw
     * @return a {@link ChannelCorruptedException} if a page was missing because the lane's file was
     *     truncated; otherwise the cause, wrapped in an {@link IllegalStateException} if it is
     *     checked
     * @throws Error the cause, if it is an error for another reason
     * @throws IllegalStateException if the batch is not open
     */
    public RuntimeException abort(Throwable cause) {
        abort();
        return MappingFault.translate(cause);
    }
}
