package io.sluice.agrona;

import io.sluice.Claim;
import io.sluice.PipeSender;
import java.time.Duration;
import java.util.Objects;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The sending end of a pipe, for {@link DirectBuffer}s: a range of one is sent, or a message is
 * claimed as a {@link MutableDirectBuffer}, written in place, and committed. Neither allocates.
 *
 * <p>What it promises and throws is what {@link PipeSender} does. Belongs to one thread at a time.
 */
public final class DirectBufferSender implements AutoCloseable {
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    private final PipeSender sender;
    private final ClaimedBuffer claimed;

    /**
     * The same end, with buffers.
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
     * @param source where the message is
     * @param offset where it begins there
     * @param length its length in bytes, which may be 0
     * @return false if there is no room now
     * @throws io.sluice.BrokenChannelException if the receiver has left
     * @throws IllegalArgumentException if it is longer than the pipe carries
     * @throws IndexOutOfBoundsException if it is not in the source
     */
    public boolean trySend(DirectBuffer source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.capacity());
        Claim claim = sender.tryClaim(length);
        return fill(claim, source, offset, length) && claim.tryCommit();
    }

    /**
     * Sends a message, and waits for room if there is none.
     *
     * @param source where the message is
     * @param offset where it begins there
     * @param length its length in bytes, which may be 0
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was sent
     * @throws io.sluice.BrokenChannelException if the receiver has left; nothing was sent
     * @throws IllegalArgumentException if it is longer than the pipe carries
     * @throws IndexOutOfBoundsException if it is not in the source
     */
    public void send(DirectBuffer source, int offset, int length) throws InterruptedException {
        Objects.checkFromIndexSize(offset, length, source.capacity());
        Claim claim = sender.claim(length);
        fill(claim, source, offset, length);
        claim.commit(FOREVER);
    }

    /**
     * Sends a message, and waits some time for room if there is none.
     *
     * @param source where the message is
     * @param offset where it begins there
     * @param length its length in bytes, which may be 0
     * @param timeout how long to wait at the most; zero or less does not wait
     * @return false if there was no room in that time; nothing was sent then
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was sent
     * @throws io.sluice.BrokenChannelException if the receiver has left; nothing was sent
     * @throws IllegalArgumentException if it is longer than the pipe carries
     * @throws IndexOutOfBoundsException if it is not in the source
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
     * Makes room for a message that is then written in place. Until it is committed or aborted this
     * end can do nothing else.
     *
     * @param length its length in bytes, which may be 0
     * @return the message, from 0 to its length, or null if there is no room now. It holds whatever
     *     was there before. Always the same buffer, which is empty again after {@link #commit} or
     *     {@link #abort}
     * @throws io.sluice.BrokenChannelException if the receiver has left
     * @throws IllegalArgumentException if it is longer than the pipe carries
     */
    public MutableDirectBuffer tryClaim(int length) {
        return claimed.lend(sender.tryClaim(length), RingRecord.NO_TYPE) ? claimed.buffer() : null;
    }

    /**
     * As {@link #tryClaim}, and waits for room if there is none.
     *
     * @param length its length in bytes, which may be 0
     * @return the message, as from {@link #tryClaim}, never null
     * @throws InterruptedException if this thread was interrupted while it waited; nothing is
     *     claimed
     * @throws io.sluice.BrokenChannelException if the receiver has left
     * @throws IllegalArgumentException if it is longer than the pipe carries
     */
    public MutableDirectBuffer claim(int length) throws InterruptedException {
        claimed.lend(sender.claim(length), RingRecord.NO_TYPE);
        return claimed.buffer();
    }

    /**
     * As {@link #tryClaim}, and waits some time for room if there is none.
     *
     * @param length its length in bytes, which may be 0
     * @param timeout how long to wait at the most; zero or less does not wait
     * @return the message, as from {@link #tryClaim}, or null if there was no room in that time
     * @throws InterruptedException if this thread was interrupted while it waited; nothing is
     *     claimed
     * @throws io.sluice.BrokenChannelException if the receiver has left
     * @throws IllegalArgumentException if it is longer than the pipe carries
     */
    public MutableDirectBuffer claim(int length, Duration timeout) throws InterruptedException {
        return claimed.lend(sender.claim(length, timeout), RingRecord.NO_TYPE)
                ? claimed.buffer()
                : null;
    }

    /**
     * Sends the message that was claimed, as {@link Claim#commit()} does.
     *
     * @throws IllegalStateException if nothing is claimed
     */
    public void commit() {
        claimed.commit();
    }

    /**
     * Gives the room that was claimed back. Nothing is sent.
     *
     * @throws IllegalStateException if nothing is claimed
     */
    public void abort() {
        claimed.abort();
    }

    /** Closes the pipe's end; a message that is claimed is aborted. Closing twice is no error. */
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
