package io.sluice;

import io.sluice.end.DroppedEnd;
import io.sluice.end.HandOver;
import io.sluice.end.SendingEnd;
import io.sluice.lane.LaneSender;
import io.sluice.lane.LostPage;
import io.sluice.waiting.Limit;
import io.sluice.waiting.Waiter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;

/**
 * A sending end of a {@link Pipe}.
 *
 * <p>Of a {@linkplain PipeSpec#rendezvous rendezvous} pipe there is never room: a method that waits
 * for room waits until the message has been received, one that does not succeeds if a receiver
 * takes it within some microseconds, or some hundred if that one slept; it waits no longer, but for
 * the copying of a long message. A time limit or an interruption takes the message back, or if it
 * was received just then, reports that.
 *
 * <p>What was accepted arrives, though this process may be killed the moment after. Sending neither
 * allocates nor locks nor makes a system call. Every method throws {@link IllegalStateException}
 * after {@link #close}, and while a message is claimed, and {@link ChannelCorruptedException} if
 * the lane holds what no receiver writes, or its file was cut off.
 *
 * <p>A send into an unbounded pipe may have to take more space of the file system, and one that
 * waits may have to open files for a receiver that has died. If the system refuses that it throws
 * {@link java.io.UncheckedIOException}, which says why: nothing was sent, what was before is there,
 * and it may be tried again.
 *
 * <p>Belongs to one thread at a time. Another thread may {@link #close} it during a blocking call:
 * {@code send}, {@code claim}, {@code commit}, {@code awaitReceiver}, with a time limit or without,
 * and what codecs, streams and adapters make of them; whether it waits just then or not. That call
 * then throws {@link IllegalStateException}, and nothing of it was sent; or it returns, and has
 * done what it says. This end leaves the pipe when the call has ended. A message that is claimed
 * meanwhile is aborted. The other calls ({@code trySend}, {@code tryClaim}, {@code tryCommit}) must
 * have returned before another thread closes, or what they send may be lost.
 *
 * <p>If it is dropped without being closed, it is closed when the garbage collector notices, with a
 * warning: see {@link Pipe}.
 */
public final class PipeSender implements AutoCloseable {
    // Methods keep this reachable until they are done (Reference.reachabilityFence, which costs
    // nothing): else what they are in the middle of would be closed as dropped.
    private final Pipe pipe;
    private final SendingEnd end;
    private final LaneSender lane;
    private final Claim claim;
    private final int maxLength;

    /** Null if the pipe holds messages. */
    private final HandOver handOver;

    private final Cleaner.Cleanable dropped;

    PipeSender(Pipe pipe, SendingEnd end) {
        this.pipe = pipe;
        this.end = end;
        this.lane = end.lane();
        this.claim = new Claim(this, end);
        claim.abortOnLeave();
        this.maxLength = end.maxLength();
        this.handOver = end.handOver();
        this.dropped = DroppedEnd.watch(this, "sender", end.attachment(), end::close);
    }

    /**
     * Sends a message if there is room.
     *
     * @param message the message, which may be empty
     * @return false if there is no room now
     * @throws BrokenChannelException if the receivers have left
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
     * @throws BrokenChannelException if the receivers have left
     * @throws IllegalArgumentException if it is longer than {@link Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if it is not in the source
     */
    public boolean trySend(byte[] source, int offset, int length) {
        return put(source, offset, length) && isReceived();
    }

    /** Puts a message into the lane: it is sent, or offered. */
    private boolean put(byte[] source, int offset, int length) {
        Objects.requireNonNull(source, "source");
        try {
            check(length);
            if (lane.tryWrite(source, offset, length)) {
                announce();
                Reference.reachabilityFence(this);
                return true;
            }
            return noRoom();
        } catch (RuntimeException | Error e) {
            throw end.attachment().translated(e);
        }
    }

    private void announce() {
        if (handOver == null) {
            end.announce();
        } else {
            handOver.begin();
        }
        LostPage.settle();
    }

    /**
     * Sends a message if there is room.
     *
     * @param source where the message is
     * @param offset where it begins there
     * @param length its length in bytes, which may be 0
     * @return false if there is no room now
     * @throws BrokenChannelException if the receivers have left
     * @throws IllegalArgumentException if it is longer than {@link Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if it is not in the source
     */
    public boolean trySend(MemorySegment source, long offset, int length) {
        return put(source, offset, length) && isReceived();
    }

    /** As {@link #put(byte[], int, int)}. */
    private boolean put(MemorySegment source, long offset, int length) {
        Objects.requireNonNull(source, "source");
        try {
            check(length);
            if (lane.tryWrite(source, offset, length)) {
                announce();
                Reference.reachabilityFence(this);
                return true;
            }
            return noRoom();
        } catch (RuntimeException | Error e) {
            throw end.attachment().translated(e);
        }
    }

    /**
     * Sends a message, and waits for room if there is none.
     *
     * @param message the message, which may be empty
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was sent
     * @throws BrokenChannelException if the receivers have left; nothing was sent
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
     * @throws BrokenChannelException if the receivers have left; nothing was sent
     * @throws IllegalArgumentException if it is longer than {@link Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if it is not in the source
     */
    public void send(byte[] source, int offset, int length) throws InterruptedException {
        send(source, null, offset, length, Waiter.NO_LIMIT);
    }

    /**
     * Sends a message, and waits for room if there is none.
     *
     * @param source where the message is
     * @param offset where it begins there
     * @param length its length in bytes, which may be 0
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was sent
     * @throws BrokenChannelException if the receivers have left; nothing was sent
     * @throws IllegalArgumentException if it is longer than {@link Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if it is not in the source
     */
    public void send(MemorySegment source, long offset, int length) throws InterruptedException {
        send(null, source, offset, length, Waiter.NO_LIMIT);
    }

    /**
     * Sends a message, and waits some time for room if there is none.
     *
     * @param message the message, which may be empty
     * @param timeout how long to wait at the most; zero or less does not wait
     * @return false if there was no room in that time; nothing was sent then
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was sent
     * @throws BrokenChannelException if the receivers have left; nothing was sent
     * @throws IllegalArgumentException if it is longer than {@link Pipe#maxMessageLength}
     */
    public boolean send(byte[] message, Duration timeout) throws InterruptedException {
        long nanos = Limit.nanos(timeout);
        return send(message, null, 0, message.length, nanos);
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
     * @throws BrokenChannelException if the receivers have left; nothing was sent
     * @throws IllegalArgumentException if it is longer than {@link Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if it is not in the source
     */
    public boolean send(MemorySegment source, long offset, int length, Duration timeout)
            throws InterruptedException {
        long nanos = Limit.nanos(timeout);
        return send(null, source, offset, length, nanos);
    }

    /** What was put into the lane of a rendezvous pipe is not sent until it is received. */
    private boolean isReceived() {
        boolean received = handOver == null || handOver.briefly();
        Reference.reachabilityFence(this);
        return received;
    }

    /** Sends, and waits; the message is in the array, or without one in the segment. */
    private boolean send(byte[] array, MemorySegment segment, long offset, int length, long nanos)
            throws InterruptedException {
        boolean entered = end.attachment().enter();
        try {
            return (attempt(array, segment, offset, length)
                            || await(array, segment, offset, length, nanos))
                    && (handOver == null || handOver.within(nanos));
        } finally {
            end.attachment().exit(entered);
            Reference.reachabilityFence(this);
        }
    }

    /** Waits for room. */
    private boolean await(byte[] array, MemorySegment segment, long offset, int length, long nanos)
            throws InterruptedException {
        end.beforeWait();
        Waiter waiter = end.waiter();
        end.startWaiting(nanos);
        try {
            try {
                while (waiter.pause()) {
                    if (attempt(array, segment, offset, length)) {
                        return true;
                    }
                }
                return attempt(array, segment, offset, length);
            } finally {
                end.stopWaiting();
            }
        } catch (RuntimeException | Error e) {
            throw end.attachment().translated(e);
        }
    }

    private boolean attempt(byte[] array, MemorySegment segment, long offset, int length) {
        return array != null ? put(array, (int) offset, length) : put(segment, offset, length);
    }

    /**
     * Waits some time for a receiver to come.
     *
     * @param timeout how long to wait at the most; zero or less does not wait
     * @return whether one is there
     * @throws InterruptedException if this thread was interrupted while it waited
     */
    public boolean awaitReceiver(Duration timeout) throws InterruptedException {
        boolean there = end.attachment().awaitOthers(Limit.nanos(timeout));
        Reference.reachabilityFence(this);
        return there;
    }

    /**
     * Makes room for a message that is then written in place.
     *
     * @param length its length in bytes, which may be 0
     * @return the claim, to be committed or aborted, or null if there is no room now
     * @throws BrokenChannelException if the receivers have left
     * @throws IllegalArgumentException if it is longer than {@link Pipe#maxMessageLength}
     */
    public Claim tryClaim(int length) {
        try {
            check(length);
            long offset = lane.tryClaim(length);
            if (offset < 0) {
                noRoom();
                return null;
            }
            LostPage.settle();
            return claim.begin(offset, length);
        } catch (RuntimeException | Error e) {
            throw end.attachment().translated(e);
        }
    }

    /**
     * Makes room for a message that is then written in place, and waits for it if there is none.
     *
     * @param length its length in bytes, which may be 0
     * @return the claim, to be committed or aborted
     * @throws InterruptedException if this thread was interrupted while it waited; nothing is
     *     claimed
     * @throws BrokenChannelException if the receivers have left
     * @throws IllegalArgumentException if it is longer than {@link Pipe#maxMessageLength}
     */
    public Claim claim(int length) throws InterruptedException {
        return claim(length, Waiter.NO_LIMIT);
    }

    /**
     * Makes room for a message that is then written in place, and waits some time for it if there
     * is none.
     *
     * @param length its length in bytes, which may be 0
     * @param timeout how long to wait at the most; zero or less does not wait
     * @return the claim, to be committed or aborted, or null if there was no room in that time
     * @throws InterruptedException if this thread was interrupted while it waited; nothing is
     *     claimed
     * @throws BrokenChannelException if the receivers have left
     * @throws IllegalArgumentException if it is longer than {@link Pipe#maxMessageLength}
     */
    public Claim claim(int length, Duration timeout) throws InterruptedException {
        return claim(length, Limit.nanos(timeout));
    }

    private Claim claim(int length, long nanos) throws InterruptedException {
        Claim claimed;
        boolean entered = end.attachment().enter();
        try {
            claimed = tryClaim(length);
            if (claimed == null) {
                claimed = awaitClaim(length, nanos);
            }
        } finally {
            end.attachment().exit(entered);
            Reference.reachabilityFence(this);
        }
        if (claimed != null && !claimed.isActive()) {
            end.attachment().checkOpen(); // It was closed meanwhile, and left just now.
        }
        return claimed;
    }

    private Claim awaitClaim(int length, long nanos) throws InterruptedException {
        end.beforeWait();
        Waiter waiter = end.waiter();
        end.startWaiting(nanos);
        try {
            try {
                while (waiter.pause()) {
                    Claim claimed = tryClaim(length);
                    if (claimed != null) {
                        return claimed;
                    }
                }
                return tryClaim(length);
            } finally {
                end.stopWaiting();
            }
        } catch (RuntimeException | Error e) {
            throw end.attachment().translated(e);
        }
    }

    /**
     * Sends what is between a buffer's position and its limit as one message, if there is room.
     *
     * @param message the message, which may be empty; its position is its limit if it was sent, and
     *     where it was otherwise
     * @return false if there is no room now
     * @throws BrokenChannelException if the receivers have left
     * @throws IllegalArgumentException if it is longer than {@link Pipe#maxMessageLength}
     */
    public boolean trySend(ByteBuffer message) {
        Claim filled = filled(message, tryClaim(message.remaining()));
        return filled != null && sent(message, filled.tryCommit());
    }

    /**
     * Sends what is between a buffer's position and its limit as one message, and waits for room if
     * there is none.
     *
     * @param message the message, which may be empty; its position is its limit if it was sent, and
     *     where it was otherwise
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was sent
     * @throws BrokenChannelException if the receivers have left; nothing was sent
     * @throws IllegalArgumentException if it is longer than {@link Pipe#maxMessageLength}
     */
    public void send(ByteBuffer message) throws InterruptedException {
        Claim filled = filled(message, claim(message.remaining()));
        sent(message, filled.commit(Waiter.NO_LIMIT));
    }

    /**
     * Sends what is between a buffer's position and its limit as one message, and waits some time
     * for room if there is none.
     *
     * @param message the message, which may be empty; its position is its limit if it was sent, and
     *     where it was otherwise
     * @param timeout how long to wait at the most; zero or less does not wait
     * @return false if there was no room in that time; nothing was sent then
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was sent
     * @throws BrokenChannelException if the receivers have left; nothing was sent
     * @throws IllegalArgumentException if it is longer than {@link Pipe#maxMessageLength}
     */
    public boolean send(ByteBuffer message, Duration timeout) throws InterruptedException {
        Claim filled = filled(message, claim(message.remaining(), timeout));
        return filled != null && sent(message, filled.commit(timeout));
    }

    private static Claim filled(ByteBuffer message, Claim claim) {
        if (claim == null) {
            return null;
        }
        try { // Its memory may be another thread's alone, or gone.
            int length = claim.length();
            if (message.hasArray()) { // A segment around it might be allocated.
                Objects.checkFromIndexSize(0, length, message.remaining());
                int from = message.arrayOffset() + message.position();
                MemorySegment.copy(
                        message.array(),
                        from,
                        claim.base(),
                        ValueLayout.JAVA_BYTE,
                        claim.offset(),
                        length);
            } else {
                MemorySegment source = MemorySegment.ofBuffer(message);
                MemorySegment.copy(source, 0, claim.base(), claim.offset(), length);
            }
            LostPage.settle(); // What was half read from a file, or half written, is not sent.
        } catch (RuntimeException | Error e) {
            throw claim.abort(e);
        }
        return claim;
    }

    private static boolean sent(ByteBuffer message, boolean committed) {
        if (committed) {
            message.position(message.limit());
        }
        return committed;
    }

    /**
     * The longest message that the pipe can carry.
     *
     * @return in bytes
     */
    public int maxMessageLength() {
        return maxLength;
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
        if (end.isBroken()) {
            throw broken();
        }
    }

    /** Why there is no room: the end is closed, a claim is open, nobody reads, or it is full. */
    private boolean noRoom() {
        end.attachment().checkOpen();
        if (claim.isActive()) {
            throw new IllegalStateException(
                    "a message of "
                            + claim.length()
                            + " bytes is claimed: commit or abort it; if another thread did that,"
                            + " open a sender for each thread, of a pipe for many");
        }
        if (end.isBrokenAfterAll()) {
            throw broken();
        }
        LostPage.settle();
        Reference.reachabilityFence(this);
        return false;
    }

    private RuntimeException broken() {
        end.attachment().checkOpen();
        return end.broken();
    }

    /**
     * Ends the stream: the receiver drains what was sent and then sees the end. A claimed message
     * is aborted. Closing twice is no error. Returns at once, also if another thread is in a
     * blocking call of this end; then the stream ends when that call does.
     */
    @Override
    public void close() {
        end.close();
        dropped.clean();
    }

    /**
     * The pipe.
     *
     * @return what this end was opened from
     */
    public Pipe pipe() {
        return pipe;
    }

    @Override
    public String toString() {
        return "PipeSender["
                + end.attachment().path()
                + (end.attachment().isClosed() ? ", closed" : ", position=" + lane.position())
                + "]";
    }
}
