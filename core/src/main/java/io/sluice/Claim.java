package io.sluice;

import io.sluice.memory.MappingFault;
import io.sluice.pipe.SenderEndpoint;
import io.sluice.wait.Deadline;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Objects;

/**
 * Reserved room for one message, which is written in place. {@link #commit} sends the message,
 * {@link #abort} releases the room; until then the sender cannot send or claim anything else.
 *
 * <p>A sender has one claim object, which it reuses. It belongs to the sender's thread.
 */
public final class Claim {
    private final Object sender; // Reachable for as long as its claim is.
    private final SenderEndpoint end;
    private final int headerLength;

    Claim(PipeSender sender, SenderEndpoint end) {
        this(sender, end, 0);
    }

    /** Creates the claim of a sender that writes a header before each message. */
    Claim(Object sender, SenderEndpoint end, int headerLength) {
        this.sender = sender;
        this.end = end;
        this.headerLength = headerLength;
    }

    boolean isActive() {
        return end.isClaimed();
    }

    /**
     * Returns the claimed length.
     *
     * @return the length in bytes
     */
    public int length() {
        return end.claimLength() - headerLength;
    }

    /**
     * Returns the memory of the message; its initial content is undefined. If a peer truncates the
     * lane's file, an access to the memory may throw {@link InternalError}, since its page does not
     * exist any more: {@link #abort(Throwable)} translates that to a {@link
     * ChannelCorruptedException}.
     *
     * @return a segment of the claimed length; not to be written to after commit or abort
     * @throws IllegalStateException if nothing is claimed
     */
    public MemorySegment memory() {
        return base().asSlice(offset(), length());
    }

    /**
     * Returns the memory that contains the message, which begins at {@link #offset}, as for a
     * {@link MessageHandler}. Unlike {@link #memory()} this does not allocate, and writes are not
     * checked against the bounds of the message: a write outside of them destroys messages that
     * this sender has sent.
     *
     * @return a segment that is larger than the message, and is the same for many claims
     * @throws IllegalStateException if nothing is claimed
     */
    public MemorySegment base() {
        return end.claimBase();
    }

    /**
     * Returns the message's offset in {@link #base}.
     *
     * @return the offset in bytes, a multiple of 8
     * @throws IllegalStateException if nothing is claimed
     */
    public long offset() {
        return end.claimOffset() + headerLength;
    }

    /**
     * Writes a 64-bit value in the machine's byte order.
     *
     * @param index the offset in the message, in bytes
     * @param value the value
     * @return this claim
     * @throws IndexOutOfBoundsException if the value is not within the message
     * @throws ChannelCorruptedException if the lane's file was truncated
     * @throws IllegalStateException if nothing is claimed
     */
    public Claim putLong(int index, long value) {
        long begin = checkedRange(index, Long.BYTES);
        try {
            base().set(ValueLayout.JAVA_LONG_UNALIGNED, begin + index, value);
            MappingFault.poll();
        } catch (RuntimeException | Error e) {
            throw MappingFault.translate(e);
        }
        return this;
    }

    /**
     * Writes a 32-bit value in the machine's byte order.
     *
     * @param index the offset in the message, in bytes
     * @param value the value
     * @return this claim
     * @throws IndexOutOfBoundsException if the value is not within the message
     * @throws ChannelCorruptedException if the lane's file was truncated
     * @throws IllegalStateException if nothing is claimed
     */
    public Claim putInt(int index, int value) {
        long begin = checkedRange(index, Integer.BYTES);
        try {
            base().set(ValueLayout.JAVA_INT_UNALIGNED, begin + index, value);
            MappingFault.poll();
        } catch (RuntimeException | Error e) {
            throw MappingFault.translate(e);
        }
        return this;
    }

    /**
     * Writes bytes.
     *
     * @param index the offset in the message, in bytes
     * @param source the source
     * @param sourceOffset the offset in the source
     * @param count the number of bytes
     * @return this claim
     * @throws IndexOutOfBoundsException if the bytes are not within the message, or not within the
     *     source
     * @throws ChannelCorruptedException if the lane's file was truncated
     * @throws IllegalStateException if nothing is claimed
     */
    public Claim putBytes(int index, byte[] source, int sourceOffset, int count) {
        long begin = checkedRange(index, count);
        try {
            MemorySegment.copy(
                    source, sourceOffset, base(), ValueLayout.JAVA_BYTE, begin + index, count);
            MappingFault.poll();
        } catch (RuntimeException | Error e) {
            throw MappingFault.translate(e);
        }
        return this;
    }

    /**
     * Sends the message. On a {@linkplain PipeSpec#rendezvous rendezvous} pipe it blocks until the
     * message has been received. It does not respond to interrupts: the thread's interrupt status
     * stays set.
     *
     * @throws BrokenChannelException if the receivers of a rendezvous pipe have left; nothing was
     *     sent
     * @throws ChannelCorruptedException if the lane's file was truncated
     * @throws IllegalStateException if nothing is claimed
     */
    public void commit() {
        try {
            end.commit();
        } finally {
            Reference.reachabilityFence(sender);
        }
    }

    /**
     * Sends the message, as {@link #commit()}; but on a {@linkplain PipeSpec#rendezvous rendezvous}
     * pipe only if a receiver takes it immediately (see {@link PipeSender}). In each case the claim
     * is no longer active after this call.
     *
     * @return whether the message was sent; always true except on a rendezvous pipe
     * @throws BrokenChannelException if the receivers of a rendezvous pipe have left; nothing was
     *     sent
     * @throws ChannelCorruptedException if the lane's file was truncated
     * @throws IllegalStateException if nothing is claimed
     */
    public boolean tryCommit() {
        boolean sent = end.tryCommit();
        Reference.reachabilityFence(sender);
        return sent;
    }

    /**
     * Sends the message, as {@link #commit()}; but on a {@linkplain PipeSpec#rendezvous rendezvous}
     * pipe it blocks up to a timeout until the message has been received. In each case the claim is
     * no longer active after this call.
     *
     * @param timeout the longest time to wait; zero or less does not wait
     * @return whether the message was sent; always true except on a rendezvous pipe
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was sent
     * @throws BrokenChannelException if the receivers of a rendezvous pipe have left; nothing was
     *     sent
     * @throws ChannelCorruptedException if the lane's file was truncated
     * @throws IllegalStateException if nothing is claimed
     */
    public boolean commit(Duration timeout) throws InterruptedException {
        return commit(Deadline.nanos(timeout));
    }

    boolean commit(long nanos) throws InterruptedException {
        try {
            return end.commit(nanos);
        } finally {
            Reference.reachabilityFence(sender);
        }
    }

    /**
     * Sends the first bytes of the room as the message, as {@link #commit()}, and releases the
     * rest. For a message whose length is known only once it is written.
     *
     * @param actualLength the message's length in bytes, 0 to {@link #length}
     * @throws IllegalArgumentException if the length is out of range; the claim stays active
     * @throws BrokenChannelException if the receivers of a rendezvous pipe have left; nothing was
     *     sent
     * @throws ChannelCorruptedException if the lane's file was truncated
     * @throws IllegalStateException if nothing is claimed
     */
    public void commit(int actualLength) {
        shorten(actualLength);
        commit();
    }

    /**
     * Sends the first bytes of the room as the message, as {@link #tryCommit()}, and releases the
     * rest.
     *
     * @param actualLength the message's length in bytes, 0 to {@link #length}
     * @return whether the message was sent; always true except on a rendezvous pipe
     * @throws IllegalArgumentException if the length is out of range; the claim stays active
     * @throws BrokenChannelException if the receivers of a rendezvous pipe have left; nothing was
     *     sent
     * @throws ChannelCorruptedException if the lane's file was truncated
     * @throws IllegalStateException if nothing is claimed
     */
    public boolean tryCommit(int actualLength) {
        shorten(actualLength);
        return tryCommit();
    }

    /**
     * Sends the first bytes of the room as the message, as {@link #commit(Duration)}, and releases
     * the rest.
     *
     * @param actualLength the message's length in bytes, 0 to {@link #length}
     * @param timeout the longest time to wait; zero or less does not wait
     * @return whether the message was sent; always true except on a rendezvous pipe
     * @throws IllegalArgumentException if the length is out of range; the claim stays active
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was sent
     * @throws BrokenChannelException if the receivers of a rendezvous pipe have left; nothing was
     *     sent
     * @throws ChannelCorruptedException if the lane's file was truncated
     * @throws IllegalStateException if nothing is claimed
     */
    public boolean commit(int actualLength, Duration timeout) throws InterruptedException {
        long nanos = Deadline.nanos(timeout);
        shorten(actualLength);
        return commit(nanos);
    }

    /**
     * Releases the room. Nothing is sent.
     *
     * @throws IllegalStateException if nothing is claimed
     */
    public void abort() {
        end.abort();
    }

    /**
     * Releases the room after a failed write, and returns the exception to throw. For code that
     * writes through {@link #memory} or {@link #base}.
     *
     * <pre>{@code
     * try {
     *     encode(claim.base(), claim.offset());
     * } catch (RuntimeException | Error e) {
     *     throw claim.abort(e);
     * }
     * }</pre>
     *
     * @param cause the throwable that the write threw
     * @return a {@link ChannelCorruptedException} if a page was missing because the lane's file was
     *     truncated; otherwise the cause, wrapped in an {@link IllegalStateException} if it is
     *     checked
     * @throws Error the cause, if it is an error for another reason
     * @throws IllegalStateException if nothing is claimed
     */
    public RuntimeException abort(Throwable cause) {
        abort();
        return MappingFault.translate(cause);
    }

    private void shorten(int actualLength) {
        offset(); // Is anything claimed?
        if (actualLength < 0 || actualLength > length()) {
            throw new IllegalArgumentException(
                    "actualLength=%s is not in 0..%s, the claimed one"
                            .formatted(actualLength, length()));
        }
        end.shortenClaim(actualLength + headerLength);
    }

    /** Returns the message's offset after a bounds check. */
    private long checkedRange(int index, int count) {
        long begin = offset();
        Objects.checkFromIndexSize(index, count, length());
        return begin;
    }
}
