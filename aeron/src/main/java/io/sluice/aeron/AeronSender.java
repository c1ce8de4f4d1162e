package io.sluice.aeron;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.sluice.BrokenChannelException;
import io.sluice.wait.Deadline;
import io.sluice.wait.Occupancy;
import io.sluice.wait.Waiter;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Objects;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A sending end of an Aeron stream, with the calls of {@link io.sluice.PipeSender}: {@link
 * AeronChannels} opens it. It sends whole messages, in order; a message that is longer than a
 * datagram is sent in parts, and put together by the receiver.
 *
 * <p>There is <em>room</em> while a receiver is connected and neither its window nor the stream's
 * term is full. Before the first receiver has connected there is none: nothing is stored for it, as
 * a pipe would. After the last receiver has left or vanished a send throws {@link
 * BrokenChannelException}. That needs up to Aeron's timeouts to become known: what was accepted
 * until then may not have been received. If a receiver connects again, so does this end.
 *
 * <p>Every method but {@link #close} throws {@link IllegalStateException} after {@link #close} and,
 * if it sends, while a message is claimed; and {@link PeerLostException} after the media driver has
 * vanished.
 *
 * <p>Sending allocates nothing, except for the memory of the longest message that needs several
 * datagrams. Belongs to one thread at a time. Another thread may {@link #close} it during {@code
 * send}, {@code claim} and {@code awaitReceiver}, which then throw {@link IllegalStateException}
 * and have sent nothing, or complete.
 */
public final class AeronSender implements AutoCloseable {
    private final Aeron aeron;
    private final ExclusivePublication publication;
    private final Waiter waiter;
    private final BufferClaim claimed = new BufferClaim();
    private final AeronClaim claim = new AeronClaim(this, claimed);
    private final Occupancy occupancy = new Occupancy(this::leave, this::closed);
    private final int maxClaimLength;

    /** The message that is sent in several datagrams. */
    private UnsafeBuffer parts = new UnsafeBuffer(0, 0);

    private MemorySegment partsMemory = MemorySegment.NULL;

    /** Whether a receiver has been connected. */
    private boolean connected;

    private boolean isClaimed;

    AeronSender(Aeron aeron, ExclusivePublication publication, IdleStrategy idle) {
        this.aeron = aeron;
        this.publication = publication;
        this.waiter = Waiter.idle(idle);
        this.maxClaimLength = publication.maxPayloadLength();
    }

    /**
     * Sends a message if there is room.
     *
     * @param message the message, which may be empty
     * @return false if there is no room now
     * @throws BrokenChannelException if a receiver was connected and none is
     * @throws IllegalArgumentException if the message is longer than {@link #maxMessageLength}
     */
    public boolean trySend(byte[] message) {
        return trySend(message, 0, message.length);
    }

    /**
     * Sends a message if there is room.
     *
     * @param source the memory that contains the message
     * @param offset the message's offset in the source
     * @param length the message's length in bytes, which may be 0
     * @return false if there is no room now
     * @throws BrokenChannelException if a receiver was connected and none is
     * @throws IllegalArgumentException if the message is longer than {@link #maxMessageLength}
     * @throws IndexOutOfBoundsException if the message is not within the source
     */
    public boolean trySend(byte[] source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        checkUnclaimed();
        if (length > maxClaimLength) {
            parts(length);
            parts.putBytes(0, source, offset, length);
            return tryOffer(length);
        }
        if (!accepted(publication.tryClaim(length, claimed))) {
            return false;
        }
        claimed.buffer().putBytes(claimed.offset(), source, offset, length);
        claimed.commit();
        return true;
    }

    /**
     * Sends a message if there is room.
     *
     * @param source the memory that contains the message
     * @param offset the message's offset in the source
     * @param length the message's length in bytes, which may be 0
     * @return false if there is no room now
     * @throws BrokenChannelException if a receiver was connected and none is
     * @throws IllegalArgumentException if the message is longer than {@link #maxMessageLength}
     * @throws IndexOutOfBoundsException if the message is not within the source
     */
    public boolean trySend(MemorySegment source, long offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.byteSize());
        checkUnclaimed();
        if (length > maxClaimLength) {
            MemorySegment.copy(source, offset, parts(length), 0, length);
            return tryOffer(length);
        }
        if (tryClaim(length) == null) {
            return false;
        }
        try {
            MemorySegment.copy(source, offset, claim.base(), claim.offset(), length);
        } catch (RuntimeException | Error e) { // The segment may be confined or closed.
            claim.abort();
            throw e;
        }
        claim.commit();
        return true;
    }

    /**
     * Sends a message, and blocks while there is no room.
     *
     * @param message the message, which may be empty
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was sent
     * @throws BrokenChannelException if a receiver was connected and none is; nothing was sent
     * @throws IllegalArgumentException if the message is longer than {@link #maxMessageLength}
     */
    public void send(byte[] message) throws InterruptedException {
        send(message, Waiter.NO_TIMEOUT);
    }

    /**
     * Sends a message, and blocks while there is no room.
     *
     * @param source the memory that contains the message
     * @param offset the message's offset in the source
     * @param length the message's length in bytes, which may be 0
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was sent
     * @throws BrokenChannelException if a receiver was connected and none is; nothing was sent
     * @throws IllegalArgumentException if the message is longer than {@link #maxMessageLength}
     * @throws IndexOutOfBoundsException if the message is not within the source
     */
    public void send(MemorySegment source, long offset, int length) throws InterruptedException {
        send(source, offset, length, Waiter.NO_TIMEOUT);
    }

    /**
     * Sends a message, and blocks up to a timeout while there is no room.
     *
     * @param message the message, which may be empty
     * @param timeout the longest time to wait; zero or less does not wait
     * @return false if there was no room in that time; nothing was sent then
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was sent
     * @throws BrokenChannelException if a receiver was connected and none is; nothing was sent
     * @throws IllegalArgumentException if the message is longer than {@link #maxMessageLength}
     */
    public boolean send(byte[] message, Duration timeout) throws InterruptedException {
        return send(message, Deadline.nanos(timeout));
    }

    private boolean send(byte[] message, long nanos) throws InterruptedException {
        boolean entered = occupancy.enter();
        try {
            return trySend(message) || await(() -> trySend(message), nanos);
        } finally {
            occupancy.exit(entered);
        }
    }

    /**
     * Sends a message, and blocks up to a timeout while there is no room.
     *
     * @param source the memory that contains the message
     * @param offset the message's offset in the source
     * @param length the message's length in bytes, which may be 0
     * @param timeout the longest time to wait; zero or less does not wait
     * @return false if there was no room in that time; nothing was sent then
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was sent
     * @throws BrokenChannelException if a receiver was connected and none is; nothing was sent
     * @throws IllegalArgumentException if the message is longer than {@link #maxMessageLength}
     * @throws IndexOutOfBoundsException if the message is not within the source
     */
    public boolean send(MemorySegment source, long offset, int length, Duration timeout)
            throws InterruptedException {
        return send(source, offset, length, Deadline.nanos(timeout));
    }

    private boolean send(MemorySegment source, long offset, int length, long nanos)
            throws InterruptedException {
        boolean entered = occupancy.enter();
        try {
            return trySend(source, offset, length)
                    || await(() -> trySend(source, offset, length), nanos);
        } finally {
            occupancy.exit(entered);
        }
    }

    /** An attempt that is repeated until it succeeds. */
    @FunctionalInterface
    interface SendAttempt {
        /** Tries once, without waiting. */
        boolean succeeds();
    }

    /** Enters a blocking call, see {@link Occupancy#enter}. */
    boolean enter() {
        return occupancy.enter();
    }

    /** Exits from a blocking call, see {@link Occupancy#exit}. */
    void exit(boolean entered) {
        occupancy.exit(entered);
    }

    /** Repeats an attempt; returns false if it has not succeeded before the timeout. */
    boolean await(SendAttempt attempt, long nanos) throws InterruptedException {
        boolean entered = occupancy.enter();
        try {
            if (attempt.succeeds()) {
                return true;
            }
            waiter.start(nanos);
            try {
                while (waiter.pause()) {
                    checkOpen();
                    if (attempt.succeeds()) {
                        return true;
                    }
                }
                return attempt.succeeds();
            } finally {
                waiter.stop();
            }
        } finally {
            occupancy.exit(entered);
        }
    }

    /**
     * Claims room for a message to be written in place, if there is room.
     *
     * @param length the message's length in bytes, 0 to {@link #maxClaimLength}
     * @return the claim, to be committed or aborted, or null if there is no room now
     * @throws BrokenChannelException if a receiver was connected and none is
     * @throws IllegalArgumentException if the length is out of range
     */
    public AeronClaim tryClaim(int length) {
        checkUnclaimed();
        if (length < 0 || length > maxClaimLength) {
            throw new IllegalArgumentException(
                    "length=%s is not in 0..%s, what fits into one datagram of %s: send a longer message instead of claiming it, or raise the channel's mtu"
                            .formatted(length, maxClaimLength, this));
        }
        if (!accepted(publication.tryClaim(length, claimed))) {
            return null;
        }
        isClaimed = true;
        return claim;
    }

    /**
     * Claims room for a message to be written in place, and blocks while there is none.
     *
     * @param length the message's length in bytes, 0 to {@link #maxClaimLength}
     * @return the claim, to be committed or aborted
     * @throws InterruptedException if this thread is interrupted while it waits; nothing is claimed
     * @throws BrokenChannelException if a receiver was connected and none is
     * @throws IllegalArgumentException if the length is out of range
     */
    public AeronClaim claim(int length) throws InterruptedException {
        await(() -> tryClaim(length) != null, Waiter.NO_TIMEOUT);
        return claim;
    }

    /**
     * Claims room for a message to be written in place, and blocks up to a timeout while there is
     * none.
     *
     * @param length the message's length in bytes, 0 to {@link #maxClaimLength}
     * @param timeout the longest time to wait; zero or less does not wait
     * @return the claim, to be committed or aborted, or null if there was no room in that time
     * @throws InterruptedException if this thread is interrupted while it waits; nothing is claimed
     * @throws BrokenChannelException if a receiver was connected and none is
     * @throws IllegalArgumentException if the length is out of range
     */
    public AeronClaim claim(int length, Duration timeout) throws InterruptedException {
        return await(() -> tryClaim(length) != null, Deadline.nanos(timeout)) ? claim : null;
    }

    /** Ends the claim, after it was committed or aborted. */
    void unclaim() {
        isClaimed = false;
    }

    void checkClaimed() {
        if (!isClaimed) {
            throw new IllegalStateException("nothing is claimed: it was committed or aborted");
        }
    }

    /** Returns memory for a message of several datagrams, which {@link #tryOffer} sends. */
    MemorySegment parts(int length) {
        if (length > maxMessageLength()) {
            throw new IllegalArgumentException(
                    "a message of %s bytes is longer than %s, the longest of %s: raise the channel's term-length, of which a message takes up to an eighth"
                            .formatted(length, maxMessageLength(), this));
        }
        if (parts.capacity() < length) {
            int capacity = Math.min(Math.max(length, 2 * parts.capacity()), maxMessageLength());
            ByteBuffer bytes = ByteBuffer.allocateDirect(capacity).order(ByteOrder.nativeOrder());
            parts = new UnsafeBuffer(bytes);
            partsMemory = MemorySegment.ofBuffer(bytes);
        }
        return partsMemory;
    }

    /** Sends what {@link #parts} contains. */
    boolean tryOffer(int length) {
        checkUnclaimed();
        return accepted(publication.offer(parts, 0, length));
    }

    /**
     * Waits up to a timeout for a receiver to connect.
     *
     * @param timeout the longest time to wait; zero or less does not wait
     * @return whether a receiver is connected
     * @throws InterruptedException if this thread is interrupted while it waits
     */
    public boolean awaitReceiver(Duration timeout) throws InterruptedException {
        checkOpen();
        return await(
                () -> {
                    if (publication.isConnected()) {
                        connected = true;
                        return true;
                    }
                    if (publication.isClosed()) {
                        throw lost();
                    }
                    return false;
                },
                Deadline.nanos(timeout));
    }

    private boolean accepted(long result) {
        if (result > 0) {
            if (!connected) {
                connected = true;
            }
            return true;
        }
        return refused(result);
    }

    private boolean refused(long result) {
        if (result == Publication.NOT_CONNECTED) {
            if (connected) {
                throw new BrokenChannelException(
                        this
                                + " has no receiver any more: it has closed, or has vanished, and may"
                                + " not have received what was sent last");
            }
        } else if (result == Publication.CLOSED) {
            checkOpen();
            throw lost();
        } else if (result == Publication.MAX_POSITION_EXCEEDED) {
            throw new IllegalStateException(
                    this + " has sent all that a stream can carry: open another sender");
        } else if (!connected && publication.isConnected()) {
            connected = true;
        }
        return false;
    }

    private PeerLostException lost() {
        return new PeerLostException(
                "the media driver of "
                        + this
                        + " has vanished, or gave this client up after a pause: what was sent last"
                        + " may not have arrived; connect a new Aeron client");
    }

    private void checkUnclaimed() {
        if (isClaimed) {
            checkOpen();
            throw new IllegalStateException("a message is claimed: commit or abort it first");
        }
    }

    private void checkOpen() {
        if (occupancy.isClosing()) {
            throw closed();
        }
    }

    private IllegalStateException closed() {
        return new IllegalStateException(this + " is closed");
    }

    /**
     * Returns the length of the longest message that can be claimed.
     *
     * @return the length in bytes: what fits into one datagram
     */
    public int maxClaimLength() {
        return maxClaimLength;
    }

    /**
     * Returns the length of the longest message that can be sent.
     *
     * @return the length in bytes: an eighth of the channel's term, 16 MiB at most
     */
    public int maxMessageLength() {
        return publication.maxMessageLength();
    }

    /**
     * Tests whether a receiver is connected, as far as the media driver knows.
     *
     * @return whether one is
     */
    public boolean isConnected() {
        return publication.isConnected();
    }

    /**
     * Closes this end, and aborts a claimed message. The receivers get what was sent, and then see
     * the end of the stream, if the media driver runs for long enough: it repeats what is lost for
     * some seconds. Closing twice has no effect.
     */
    @Override
    public void close() {
        occupancy.close();
    }

    private void leave() {
        if (isClaimed) {
            isClaimed = false;
            if (!publication.isClosed()) {
                claimed.abort();
            }
        }
        if (!aeron.isClosed()) {
            publication.close();
        }
    }

    @Override
    public String toString() {
        return "AeronSender[" + publication.channel() + ", stream=" + publication.streamId() + "]";
    }
}
