package io.sluice;

import io.sluice.lane.ExclusiveLaneSender;
import io.sluice.lane.LaneDescriptor;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;

/**
 * The sending end of a {@link Pipe}.
 *
 * <p>What was accepted arrives, though this process may be killed the moment after. Sending neither
 * allocates nor locks nor makes a system call. Every method throws {@link IllegalStateException}
 * after {@link #close}, and while a message is claimed.
 *
 * <p>Belongs to one thread at a time.
 */
public final class PipeSender implements AutoCloseable {
    private final PipeEnd end;
    private final ExclusiveLaneSender lane;
    private final Claim claim;
    private final int maxLength;

    PipeSender(PipeEnd end) {
        this.end = end;
        try {
            this.lane = new ExclusiveLaneSender(end.lane().control(), end.lane().ring());
        } catch (RuntimeException e) {
            end.close();
            throw e;
        }
        this.claim = new Claim(lane, end.lane().ring().bytes());
        this.maxLength = LaneDescriptor.maxPayloadLength(Math.toIntExact(end.lane().ring().size()));
    }

    /**
     * Sends a message if there is room.
     *
     * @param message the message, which may be empty
     * @return false if there is no room now
     * @throws BrokenChannelException if the receiver has left
     * @throws IllegalArgumentException if it is longer than {@link Pipe#maxMessageLength}
     */
    public boolean trySend(byte[] message) {
        return trySend(message, 0, message.length);
    }

    /**
     * Sends a message if there is room.
     *
     * @param source where the message is
     * @param offset where it begins there
     * @param length its length in bytes, which may be 0
     * @return false if there is no room now
     * @throws BrokenChannelException if the receiver has left
     * @throws IllegalArgumentException if it is longer than {@link Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if it is not in the source
     */
    public boolean trySend(byte[] source, int offset, int length) {
        check(length);
        return lane.tryWrite(source, offset, length) || noRoom();
    }

    /**
     * Sends a message if there is room.
     *
     * @param source where the message is
     * @param offset where it begins there
     * @param length its length in bytes, which may be 0
     * @return false if there is no room now
     * @throws BrokenChannelException if the receiver has left
     * @throws IllegalArgumentException if it is longer than {@link Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if it is not in the source
     */
    public boolean trySend(MemorySegment source, long offset, int length) {
        check(length);
        return lane.tryWrite(source, offset, length) || noRoom();
    }

    /**
     * Sends a message, and waits for room if there is none.
     *
     * @param message the message, which may be empty
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was sent
     * @throws BrokenChannelException if the receiver has left; nothing was sent
     * @throws IllegalArgumentException if it is longer than {@link Pipe#maxMessageLength}
     */
    public void send(byte[] message) throws InterruptedException {
        send(message, 0, message.length);
    }

    /**
     * Sends a message, and waits for room if there is none.
     *
     * @param source where the message is
     * @param offset where it begins there
     * @param length its length in bytes, which may be 0
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was sent
     * @throws BrokenChannelException if the receiver has left; nothing was sent
     * @throws IllegalArgumentException if it is longer than {@link Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if it is not in the source
     */
    public void send(byte[] source, int offset, int length) throws InterruptedException {
        if (trySend(source, offset, length)) {
            return;
        }
        end.beginWaiting();
        do {
            end.waitOnce();
        } while (!trySend(source, offset, length));
    }

    /**
     * Sends a message, and waits some time for room if there is none.
     *
     * @param message the message, which may be empty
     * @param timeout how long to wait at the most; zero or less does not wait
     * @return false if there was no room in that time; nothing was sent then
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was sent
     * @throws BrokenChannelException if the receiver has left; nothing was sent
     * @throws IllegalArgumentException if it is longer than {@link Pipe#maxMessageLength}
     */
    public boolean send(byte[] message, Duration timeout) throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        if (trySend(message)) {
            return true;
        }
        long deadline = PipeEnd.deadline(timeout);
        end.beginWaiting();
        do {
            if (deadline - System.nanoTime() <= 0) {
                return false;
            }
            end.waitOnce();
        } while (!trySend(message));
        return true;
    }

    /**
     * Makes room for a message that is then written in place.
     *
     * @param length its length in bytes, which may be 0
     * @return the claim, to be committed or aborted, or null if there is no room now
     * @throws BrokenChannelException if the receiver has left
     * @throws IllegalArgumentException if it is longer than {@link Pipe#maxMessageLength}
     */
    public Claim tryClaim(int length) {
        check(length);
        long offset = lane.tryClaim(length);
        if (offset < 0) {
            noRoom();
            return null;
        }
        return claim.begin(offset, length);
    }

    private void check(int length) {
        if (length < 0 || length > maxLength) {
            throw new IllegalArgumentException(
                    "a message of "
                            + length
                            + " bytes; this pipe carries 0.."
                            + maxLength
                            + ": make it with a larger capacity, or split the message");
        }
        if (end.otherHasLeft()) {
            throw broken();
        }
    }

    /** Why there is no room: the end is closed, a claim is open, nobody reads, or it is full. */
    private boolean noRoom() {
        end.checkOpen();
        if (claim.isActive()) {
            throw new IllegalStateException(
                    "a message of " + claim.length() + " bytes is claimed: commit or abort it");
        }
        if (end.otherHasLeftAfterAll(lane.receiverProgress())) {
            throw broken();
        }
        return false;
    }

    private RuntimeException broken() {
        if (end.isClosed()) {
            return new IllegalStateException("this end of " + end.path() + " is closed");
        }
        return new BrokenChannelException(
                end.path() + ": its receiver (process " + end.otherPid() + ") has left");
    }

    /**
     * Ends the stream: the receiver drains what was sent and then sees the end. A claimed message
     * is aborted. Closing twice is no error.
     */
    @Override
    public void close() {
        if (end.isClosed()) {
            return;
        }
        if (claim.isActive()) {
            claim.abort();
        }
        lane.close();
        end.close();
    }

    @Override
    public String toString() {
        return "PipeSender["
                + end.path()
                + (end.isClosed() ? ", closed" : ", position=" + lane.position())
                + "]";
    }
}
