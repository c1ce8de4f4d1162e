package io.sluice;

import io.sluice.memory.MappingFault;
import io.sluice.pipe.SenderEndpoint;
import io.sluice.wait.Deadline;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

/**
 * A sending end of a {@link Pipe}.
 *
 * <p>A {@linkplain PipeSpec#rendezvous rendezvous} pipe has no buffer: there a method that waits
 * for room waits until the message has been received. A method that does not wait for room succeeds
 * if a receiver takes the message within some microseconds, or within some hundred microseconds if
 * it had to wake the receiver; it waits longer only while a receiver copies a long message. On a
 * timeout or an interrupt the sender retracts the message, or, if it was received in the meantime,
 * reports that.
 *
 * <p>A message that was accepted is delivered, even if this process is killed immediately after
 * that. Sending neither allocates nor locks nor makes a system call. Every method throws {@link
 * IllegalStateException} after {@link #close}, and while a message is claimed or a batch is open,
 * and {@link ChannelCorruptedException} if the lane holds data that no receiver writes, or its file
 * was truncated.
 *
 * <p>A send into an unbounded pipe may allocate more space in the file system, and a send that
 * waits may open files to recover from a receiver's death. If the system refuses that, the send
 * throws {@link java.io.UncheckedIOException} with the reason: the message was not sent, earlier
 * messages are intact, and the send may be retried.
 *
 * <p>Belongs to one thread at a time. Another thread may {@link #close} it during a blocking call,
 * whether that call is waiting or not: {@code send}, {@code claim}, {@code commit} and {@code
 * awaitReceiver}, with or without a timeout, and calls of codecs, streams and adapters that are
 * built on them. That call then either throws {@link IllegalStateException}, and has sent nothing,
 * or completes as documented. This end leaves the pipe when the call has ended. A message that is
 * claimed meanwhile, and a batch, are aborted. The non-blocking calls ({@code trySend}, {@code
 * tryClaim}, {@code tryCommit}) must have returned before another thread closes this end, or what
 * they send may be lost.
 *
 * <p>An end that becomes unreachable without being closed is closed when the garbage collector
 * finds it, with a warning: see {@link Pipe}.
 */
public final class PipeSender implements AutoCloseable {
    // Methods keep this object reachable until they return (Reference.reachabilityFence, which
    // costs nothing); otherwise the cleaner could close the end in the middle of an operation.
    private final Pipe pipe;
    private final SenderEndpoint end;
    private final Claim claim;
    private final Batch batch;
    private final Cleaner.Cleanable cleanable;

    PipeSender(Pipe pipe, SenderEndpoint end) {
        this.pipe = pipe;
        this.end = end;
        this.claim = new Claim(this, end);
        this.batch = new Batch(this, end.batch());
        this.cleanable = end.onUnreachable(this);
    }

    /**
     * Sends a message if there is room.
     *
     * @param message the message, which may be empty
     * @return false if there is no room now
     * @throws BrokenChannelException if all receivers have left
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
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
     * @throws BrokenChannelException if all receivers have left
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if the message is not within the source
     */
    public boolean trySend(byte[] source, int offset, int length) {
        boolean sent = end.trySend(source, offset, length);
        Reference.reachabilityFence(this);
        return sent;
    }

    /**
     * Sends a message if there is room.
     *
     * @param source the memory that contains the message
     * @param offset the message's offset in the source
     * @param length the message's length in bytes, which may be 0
     * @return false if there is no room now
     * @throws BrokenChannelException if all receivers have left
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if the message is not within the source
     */
    public boolean trySend(MemorySegment source, long offset, int length) {
        boolean sent = end.trySend(source, offset, length);
        Reference.reachabilityFence(this);
        return sent;
    }

    /**
     * Sends a message, and blocks while there is no room.
     *
     * @param message the message, which may be empty
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was sent
     * @throws BrokenChannelException if all receivers have left; nothing was sent
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     */
    public void send(byte[] message) throws InterruptedException {
        send(message, 0, message.length);
    }

    /**
     * Sends a message, and blocks while there is no room.
     *
     * @param source the memory that contains the message
     * @param offset the message's offset in the source
     * @param length the message's length in bytes, which may be 0
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was sent
     * @throws BrokenChannelException if all receivers have left; nothing was sent
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if the message is not within the source
     */
    public void send(byte[] source, int offset, int length) throws InterruptedException {
        send(source, offset, length, Waiter.NO_TIMEOUT);
    }

    /**
     * Sends a message, and blocks while there is no room.
     *
     * @param source the memory that contains the message
     * @param offset the message's offset in the source
     * @param length the message's length in bytes, which may be 0
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was sent
     * @throws BrokenChannelException if all receivers have left; nothing was sent
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
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
     * @throws BrokenChannelException if all receivers have left; nothing was sent
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     */
    public boolean send(byte[] message, Duration timeout) throws InterruptedException {
        return send(message, 0, message.length, Deadline.nanos(timeout));
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
     * @throws BrokenChannelException if all receivers have left; nothing was sent
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if the message is not within the source
     */
    public boolean send(MemorySegment source, long offset, int length, Duration timeout)
            throws InterruptedException {
        return send(source, offset, length, Deadline.nanos(timeout));
    }

    private boolean send(byte[] source, int offset, int length, long nanos)
            throws InterruptedException {
        try {
            return end.send(source, offset, length, nanos);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private boolean send(MemorySegment source, long offset, int length, long nanos)
            throws InterruptedException {
        try {
            return end.send(source, offset, length, nanos);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Waits up to a timeout for a receiver to attach.
     *
     * @param timeout the longest time to wait; zero or less does not wait
     * @return whether a receiver is attached
     * @throws InterruptedException if this thread is interrupted while it waits
     */
    public boolean awaitReceiver(Duration timeout) throws InterruptedException {
        boolean there = end.awaitPeer(Deadline.nanos(timeout));
        Reference.reachabilityFence(this);
        return there;
    }

    /**
     * Claims room for a message to be written in place, if there is room.
     *
     * @param length the message's length in bytes, which may be 0
     * @return the claim, to be committed or aborted, or null if there is no room now
     * @throws BrokenChannelException if all receivers have left
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     */
    public Claim tryClaim(int length) {
        boolean claimed = end.tryClaim(length);
        Reference.reachabilityFence(this);
        return claimed ? claim : null;
    }

    /**
     * Claims room for a message to be written in place, and blocks while there is none.
     *
     * @param length the message's length in bytes, which may be 0
     * @return the claim, to be committed or aborted
     * @throws InterruptedException if this thread is interrupted while it waits; nothing is claimed
     * @throws BrokenChannelException if all receivers have left
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     */
    public Claim claim(int length) throws InterruptedException {
        return claim(length, Waiter.NO_TIMEOUT);
    }

    /**
     * Claims room for a message to be written in place, and blocks up to a timeout while there is
     * none.
     *
     * @param length the message's length in bytes, which may be 0
     * @param timeout the longest time to wait; zero or less does not wait
     * @return the claim, to be committed or aborted, or null if there was no room in that time
     * @throws InterruptedException if this thread is interrupted while it waits; nothing is claimed
     * @throws BrokenChannelException if all receivers have left
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     */
    public Claim claim(int length, Duration timeout) throws InterruptedException {
        return claim(length, Deadline.nanos(timeout));
    }

    private Claim claim(int length, long nanos) throws InterruptedException {
        try {
            return end.claim(length, nanos) ? claim : null;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Begins a batch: messages that become visible together. Does not wait.
     *
     * @param maxBytes the room for the batch, as {@link Batch} counts it: at least 16, and at most
     *     8 less than the pipe's capacity for each sender (the length of a segment, if the pipe
     *     grows)
     * @return the batch, to be committed or aborted, or null if there is no room now
     * @throws BrokenChannelException if all receivers have left
     * @throws IllegalArgumentException if the pipe cannot hold such a batch
     * @throws UnsupportedOperationException if this is a {@linkplain PipeSpec#rendezvous
     *     rendezvous} pipe, which hands over one message at a time
     */
    public Batch tryBatch(int maxBytes) {
        boolean begun = end.batch().tryBegin(maxBytes);
        Reference.reachabilityFence(this);
        return begun ? batch : null;
    }

    /**
     * Begins a batch, and blocks while there is no room for it.
     *
     * @param maxBytes the room for the batch, as in {@link #tryBatch}
     * @return the batch, to be committed or aborted
     * @throws InterruptedException if this thread is interrupted while it waits; no batch is open
     * @throws BrokenChannelException if all receivers have left
     * @throws IllegalArgumentException if the pipe cannot hold such a batch
     * @throws UnsupportedOperationException if this is a rendezvous pipe
     */
    public Batch batch(int maxBytes) throws InterruptedException {
        return batch(maxBytes, Waiter.NO_TIMEOUT);
    }

    /**
     * Begins a batch, and blocks up to a timeout while there is no room for it.
     *
     * @param maxBytes the room for the batch, as in {@link #tryBatch}
     * @param timeout the longest time to wait; zero or less does not wait
     * @return the batch, to be committed or aborted, or null if there was no room in that time
     * @throws InterruptedException if this thread is interrupted while it waits; no batch is open
     * @throws BrokenChannelException if all receivers have left
     * @throws IllegalArgumentException if the pipe cannot hold such a batch
     * @throws UnsupportedOperationException if this is a rendezvous pipe
     */
    public Batch batch(int maxBytes, Duration timeout) throws InterruptedException {
        return batch(maxBytes, Deadline.nanos(timeout));
    }

    private Batch batch(int maxBytes, long nanos) throws InterruptedException {
        try {
            return end.batch().begin(maxBytes, nanos) ? batch : null;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Writes a message that receivers see after {@link #flush}, and blocks while there is no room.
     * For a sender that does not know how many messages follow: as those of a {@link Batch}, all
     * messages appended since the last flush become visible together. If the lane has no room for
     * one more beside them, this call sends them first.
     *
     * <p>Messages that were not flushed when this end is closed, or when its process dies, are not
     * sent. Until they are flushed, this sender cannot send or claim anything else.
     *
     * @param message the message, which may be empty
     * @throws InterruptedException if this thread is interrupted while it waits; this message was
     *     not appended, and those before it are sent
     * @throws BrokenChannelException if all receivers have left
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     * @throws UnsupportedOperationException if this is a {@linkplain PipeSpec#rendezvous
     *     rendezvous} pipe
     */
    public void append(byte[] message) throws InterruptedException {
        append(message, 0, message.length);
    }

    /**
     * Writes a message that receivers see after {@link #flush}, as {@link #append(byte[])}.
     *
     * @param source the memory that contains the message
     * @param offset the message's offset in the source
     * @param length the message's length in bytes, which may be 0
     * @throws InterruptedException if this thread is interrupted while it waits; this message was
     *     not appended, and those before it are sent
     * @throws BrokenChannelException if all receivers have left
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if the message is not within the source
     * @throws UnsupportedOperationException if this is a rendezvous pipe
     */
    public void append(byte[] source, int offset, int length) throws InterruptedException {
        try {
            end.batch().append(source, offset, length);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Writes a message that receivers see after {@link #flush}, as {@link #append(byte[])}.
     *
     * @param source the memory that contains the message
     * @param offset the message's offset in the source
     * @param length the message's length in bytes, which may be 0
     * @throws InterruptedException if this thread is interrupted while it waits; this message was
     *     not appended, and those before it are sent
     * @throws BrokenChannelException if all receivers have left
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if the message is not within the source
     * @throws UnsupportedOperationException if this is a rendezvous pipe
     */
    public void append(MemorySegment source, long offset, int length) throws InterruptedException {
        try {
            end.batch().append(source, offset, length);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Writes a message that receivers see after {@link #flush}, as {@link #append(byte[])}, if
     * there is room. Does not wait.
     *
     * @param source the memory that contains the message
     * @param offset the message's offset in the source
     * @param length the message's length in bytes, which may be 0
     * @return false if there is no room now; messages appended before are sent then
     * @throws BrokenChannelException if all receivers have left
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if the message is not within the source
     * @throws UnsupportedOperationException if this is a rendezvous pipe
     */
    public boolean tryAppend(byte[] source, int offset, int length) {
        boolean appended = end.batch().tryAppend(source, offset, length);
        Reference.reachabilityFence(this);
        return appended;
    }

    /**
     * Writes a message that receivers see after {@link #flush}, as {@link #append(byte[])}, if
     * there is room. Does not wait.
     *
     * @param source the memory that contains the message
     * @param offset the message's offset in the source
     * @param length the message's length in bytes, which may be 0
     * @return false if there is no room now; messages appended before are sent then
     * @throws BrokenChannelException if all receivers have left
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     * @throws IndexOutOfBoundsException if the message is not within the source
     * @throws UnsupportedOperationException if this is a rendezvous pipe
     */
    public boolean tryAppend(MemorySegment source, long offset, int length) {
        boolean appended = end.batch().tryAppend(source, offset, length);
        Reference.reachabilityFence(this);
        return appended;
    }

    /**
     * Sends the messages that were {@linkplain #append appended}, if there are any. Does not wait.
     *
     * @throws ChannelCorruptedException if the lane's file was truncated
     * @throws IllegalStateException if a batch is open that was not begun by appending
     */
    public void flush() {
        end.batch().flush();
        Reference.reachabilityFence(this);
    }

    /**
     * Sends the bytes between a buffer's position and its limit as one message, if there is room.
     *
     * @param message the message, which may be empty; its position is set to its limit if it was
     *     sent, and is unchanged otherwise
     * @return false if there is no room now
     * @throws BrokenChannelException if all receivers have left
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     */
    public boolean trySend(ByteBuffer message) {
        if (message.hasArray()) {
            return sent(message, trySend(message.array(), begin(message), message.remaining()));
        }
        Claim filled = filled(message, tryClaim(message.remaining()));
        return filled != null && sent(message, filled.tryCommit());
    }

    /**
     * Sends the bytes between a buffer's position and its limit as one message, and blocks while
     * there is no room.
     *
     * @param message the message, which may be empty; its position is set to its limit if it was
     *     sent, and is unchanged otherwise
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was sent
     * @throws BrokenChannelException if all receivers have left; nothing was sent
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     */
    public void send(ByteBuffer message) throws InterruptedException {
        send(message, Waiter.NO_TIMEOUT);
    }

    /**
     * Sends the bytes between a buffer's position and its limit as one message, and blocks up to a
     * timeout while there is no room.
     *
     * @param message the message, which may be empty; its position is set to its limit if it was
     *     sent, and is unchanged otherwise
     * @param timeout the longest time to wait; zero or less does not wait
     * @return false if there was no room in that time; nothing was sent then
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was sent
     * @throws BrokenChannelException if all receivers have left; nothing was sent
     * @throws IllegalArgumentException if the message is longer than {@link Pipe#maxMessageLength}
     */
    public boolean send(ByteBuffer message, Duration timeout) throws InterruptedException {
        return send(message, Deadline.nanos(timeout));
    }

    private boolean send(ByteBuffer message, long nanos) throws InterruptedException {
        int length = message.remaining();
        if (message.hasArray()) {
            return sent(message, send(message.array(), begin(message), length, nanos));
        }
        Claim filled = filled(message, claim(length, nanos));
        return filled != null && sent(message, filled.commit(nanos));
    }

    /** Returns the offset of a message in the array of its buffer. */
    private static int begin(ByteBuffer message) {
        return message.arrayOffset() + message.position();
    }

    /**
     * Sends the bytes of several segments, one after the other, as one message, if there is room.
     *
     * @param parts the parts of the message; none for an empty message
     * @return false if there is no room now
     * @throws BrokenChannelException if all receivers have left
     * @throws IllegalArgumentException if the parts together are longer than {@link
     *     Pipe#maxMessageLength}
     */
    public boolean trySend(MemorySegment... parts) {
        Claim filled = filled(parts, tryClaim(length(parts)));
        return filled != null && filled.tryCommit();
    }

    /**
     * Sends the bytes of several segments, one after the other, as one message, and blocks while
     * there is no room.
     *
     * @param parts the parts of the message; none for an empty message
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was sent
     * @throws BrokenChannelException if all receivers have left; nothing was sent
     * @throws IllegalArgumentException if the parts together are longer than {@link
     *     Pipe#maxMessageLength}
     */
    public void send(MemorySegment... parts) throws InterruptedException {
        filled(parts, claim(length(parts))).commit(Waiter.NO_TIMEOUT);
    }

    private int length(MemorySegment[] parts) {
        long sum = 0;
        for (MemorySegment part : parts) {
            sum += part.byteSize();
            if (sum < 0 || sum > maxMessageLength()) {
                throw new IllegalArgumentException(
                        "the parts have together more than %s bytes, the longest message of this pipe: make it with a larger capacity, or split the message"
                                .formatted(maxMessageLength()));
            }
        }
        return (int) sum;
    }

    private static Claim filled(MemorySegment[] parts, Claim claim) {
        if (claim == null) {
            return null;
        }
        try {
            long offset = claim.offset();
            for (MemorySegment part : parts) {
                MemorySegment.copy(part, 0, claim.base(), offset, part.byteSize());
                offset += part.byteSize();
            }
            if (offset - claim.offset() != claim.length()) {
                throw new IllegalStateException("another thread changed the array of parts");
            }
            MappingFault.poll(); // Reports a missing page here, before the commit.
        } catch (RuntimeException | Error e) {
            throw claim.abort(e);
        }
        return claim;
    }

    private static Claim filled(ByteBuffer message, Claim claim) {
        if (claim == null) {
            return null;
        }
        try { // The segment may be confined or closed.
            copy(message, claim.base(), claim.offset(), claim.length());
            MappingFault.poll(); // Reports a missing page here, before the commit.
        } catch (RuntimeException | Error e) {
            throw claim.abort(e);
        }
        return claim;
    }

    /** Copies by words: a segment of the buffer is allocated in some compiled code. */
    private static void copy(ByteBuffer message, MemorySegment target, long offset, int length) {
        int from = message.position();
        boolean swapped = message.order() != ByteOrder.nativeOrder();
        int copied = 0;
        for (; copied <= length - Long.BYTES; copied += Long.BYTES) {
            long word = message.getLong(from + copied);
            target.set(
                    ValueLayout.JAVA_LONG_UNALIGNED,
                    offset + copied,
                    swapped ? Long.reverseBytes(word) : word);
        }
        for (; copied < length; copied++) {
            target.set(ValueLayout.JAVA_BYTE, offset + copied, message.get(from + copied));
        }
    }

    private static boolean sent(ByteBuffer message, boolean committed) {
        if (committed) {
            message.position(message.limit());
        }
        return committed;
    }

    /**
     * Returns how much this sender's lane has carried: also what earlier senders of the lane have
     * sent. It grows by each message that is sent, and by nothing else; so a program that was
     * killed in the middle of a send learns from it, with its next sender of a pipe for one,
     * whether that message was sent.
     *
     * @return the number of bytes since the lane was created, including the overhead of each
     *     message
     * @throws UnsupportedOperationException if this is a rendezvous pipe, which stores no messages
     * @throws IllegalStateException if this end is closed
     */
    public long position() {
        long position = end.lanePosition();
        Reference.reachabilityFence(this);
        return position;
    }

    /**
     * Returns the length of the longest message that the pipe can carry.
     *
     * @return the length in bytes
     */
    public int maxMessageLength() {
        return end.maxLength();
    }

    /**
     * Closes this end. When the last sender has closed, the receivers drain what was sent and then
     * see the end of the stream. A claimed message, and an open batch, are aborted. Closing twice
     * has no effect. Returns immediately, even if another thread is in a blocking call of this end;
     * then this end leaves the pipe when that call ends.
     */
    @Override
    public void close() {
        end.close();
        cleanable.clean();
    }

    /** Returns the queue in which a select waits for room. */
    WaitQueue waitQueue() {
        return end.waitQueue();
    }

    /**
     * Returns the pipe.
     *
     * @return the pipe that this end was opened from
     */
    public Pipe pipe() {
        return pipe;
    }

    @Override
    public String toString() {
        return "PipeSender["
                + end.path()
                + (end.isClosed() ? ", closed" : ", position=" + end.position())
                + "]";
    }
}
