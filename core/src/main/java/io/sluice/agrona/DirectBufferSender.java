package io.sluice.agrona;

import io.sluice.Claim;
import io.sluice.PipeSender;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Objects;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The sending end of a pipe, for {@link DirectBuffer}s: it sends a range of a buffer, or claims a
 * message as a {@link MutableDirectBuffer} that is written in place and committed. Neither
 * allocates.
 *
 * <p>Its guarantees and exceptions are those of {@link PipeSender}. Belongs to one thread at a
 * time.
 */
public final class DirectBufferSender implements AutoCloseable {
    private static final Duration NO_TIMEOUT = Duration.ofSeconds(Long.MAX_VALUE);

    /** All of memory, by address, for the bytes of a buffer whose bounds have been checked. */
    @SuppressWarnings("restricted")
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private final PipeSender sender;
    private final ClaimedBuffer claimed;

    /**
     * Creates a sender over a pipe's end.
     *
     * @param sender the pipe's end, which {@link #close} closes
     * @throws IllegalStateException if the JVM lacks the flag that Agrona needs; the message names
     *     it
     */
    public DirectBufferSender(PipeSender sender) {
        AgronaFlag.require();
        this.sender = Objects.requireNonNull(sender, "sender");
        this.claimed = new ClaimedBuffer();
    }

    /**
     * Sends a message if there is room.
     *
     * @param source the buffer that contains the message
     * @param offset the start of the message in the buffer
     * @param length the length of the message in bytes, which may be 0
     * @return false if there is no room now
     * @throws io.sluice.BrokenChannelException if the receiver has left
     * @throws IllegalArgumentException if the message is longer than the pipe carries
     * @throws IndexOutOfBoundsException if the range is not within the buffer
     */
    public boolean trySend(DirectBuffer source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.capacity());
        byte[] array = source.byteArray();
        boolean sent =
                array != null
                        ? sender.trySend(array, source.wrapAdjustment() + offset, length)
                        : sender.trySend(ALL, source.addressOffset() + offset, length);
        Reference.reachabilityFence(source);
        return sent;
    }

    /**
     * Sends a message, and waits for room if there is none.
     *
     * @param source the buffer that contains the message
     * @param offset the start of the message in the buffer
     * @param length the length of the message in bytes, which may be 0
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was sent
     * @throws io.sluice.BrokenChannelException if the receiver has left; nothing was sent
     * @throws IllegalArgumentException if the message is longer than the pipe carries
     * @throws IndexOutOfBoundsException if the range is not within the buffer
     */
    public void send(DirectBuffer source, int offset, int length) throws InterruptedException {
        Objects.checkFromIndexSize(offset, length, source.capacity());
        Claim claim = sender.claim(length);
        fill(claim, source, offset, length);
        claim.commit(NO_TIMEOUT);
    }

    /**
     * Sends a message, and waits up to a timeout for room if there is none.
     *
     * @param source the buffer that contains the message
     * @param offset the start of the message in the buffer
     * @param length the length of the message in bytes, which may be 0
     * @param timeout the maximum time to wait; zero or less does not wait
     * @return false if there was no room within the timeout; nothing was sent then
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was sent
     * @throws io.sluice.BrokenChannelException if the receiver has left; nothing was sent
     * @throws IllegalArgumentException if the message is longer than the pipe carries
     * @throws IndexOutOfBoundsException if the range is not within the buffer
     */
    public boolean send(DirectBuffer source, int offset, int length, Duration timeout)
            throws InterruptedException {
        Objects.checkFromIndexSize(offset, length, source.capacity());
        Claim claim = sender.claim(length, timeout);
        return fill(claim, source, offset, length) && claim.commit(timeout);
    }

    private boolean fill(Claim claim, DirectBuffer source, int offset, int length) {
        if (claim == null) {
            return false;
        }
        claimed.copy(claim, RingRecord.NO_TYPE, source, offset, length);
        return true;
    }

    /**
     * Claims room for a message that the caller then writes in place. Until it is committed or
     * aborted, this end can do nothing else.
     *
     * @param length the length of the message in bytes, which may be 0
     * @return the message, from 0 to its length, or null if there is no room now. It initially
     *     contains earlier data. Always the same buffer, which is empty again after {@link #commit}
     *     or {@link #abort}
     * @throws io.sluice.BrokenChannelException if the receiver has left
     * @throws IllegalArgumentException if the message is longer than the pipe carries
     */
    public MutableDirectBuffer tryClaim(int length) {
        return claimed.wrap(sender.tryClaim(length), RingRecord.NO_TYPE) ? claimed.buffer() : null;
    }

    /**
     * Claims room as {@link #tryClaim} does, and waits for room if there is none.
     *
     * @param length the length of the message in bytes, which may be 0
     * @return the message, as from {@link #tryClaim}, never null
     * @throws InterruptedException if this thread was interrupted while it waited; nothing is
     *     claimed
     * @throws io.sluice.BrokenChannelException if the receiver has left
     * @throws IllegalArgumentException if the message is longer than the pipe carries
     */
    public MutableDirectBuffer claim(int length) throws InterruptedException {
        claimed.wrap(sender.claim(length), RingRecord.NO_TYPE);
        return claimed.buffer();
    }

    /**
     * Claims room as {@link #tryClaim} does, and waits up to a timeout for room if there is none.
     *
     * @param length the length of the message in bytes, which may be 0
     * @param timeout the maximum time to wait; zero or less does not wait
     * @return the message, as from {@link #tryClaim}, or null if there was no room within the
     *     timeout
     * @throws InterruptedException if this thread was interrupted while it waited; nothing is
     *     claimed
     * @throws io.sluice.BrokenChannelException if the receiver has left
     * @throws IllegalArgumentException if the message is longer than the pipe carries
     */
    public MutableDirectBuffer claim(int length, Duration timeout) throws InterruptedException {
        return claimed.wrap(sender.claim(length, timeout), RingRecord.NO_TYPE)
                ? claimed.buffer()
                : null;
    }

    /**
     * Sends the claimed message, as {@link Claim#commit()} does.
     *
     * @throws IllegalStateException if nothing is claimed
     */
    public void commit() {
        claimed.commit();
    }

    /**
     * Returns the claimed room. Nothing is sent.
     *
     * @throws IllegalStateException if nothing is claimed
     */
    public void abort() {
        claimed.abort();
    }

    /** Closes the pipe's end and aborts a claimed message. Closing twice has no effect. */
    @Override
    public void close() {
        claimed.close();
        sender.close();
    }

    @Override
    public String toString() {
        return sender.toString();
    }
}
