package io.sluice.agrona;

import io.sluice.Claim;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/**
 * A pipe as an Agrona {@link RingBuffer}, so that code that uses a ring buffer can use a pipe after
 * a change of the construction alone. An instance is created over the sending end, the receiving
 * end, or both; methods that need the missing end throw {@link UnsupportedOperationException}.
 *
 * <p>It behaves like {@code OneToOneRingBuffer}, except:
 *
 * <ul>
 *   <li>Only one message can be claimed at a time, and until it is committed or aborted nothing
 *       else can be sent: {@link #write} and {@link #tryClaim} throw {@link IllegalStateException}.
 *       An aborted message takes no space.
 *   <li>After the last receiver has left, {@link #write} and {@link #tryClaim} throw {@link
 *       io.sluice.BrokenChannelException}. After the last sender has left and all messages are
 *       read, {@link #isEndOfStream} is true.
 *   <li>Positions, correlation ids and the heartbeat belong to this object and start at 0. They are
 *       not shared with the other process, which has its own.
 *   <li>A message can be up to {@link #maxMsgLength} long, which is nearly the capacity, not an
 *       eighth of it; no message is refused because it does not fit before the end of the ring.
 *   <li>{@link #controlledRead} advances the position after each message, and copies an aborted
 *       message: see there.
 *   <li>{@link #buffer} is the claimed message alone, not the ring.
 *   <li>The messages of a pipe with several senders are read in the order of each sender.
 *   <li>If a handler reads from the ring or closes it, that call throws {@link
 *       IllegalStateException} before it has any effect.
 * </ul>
 *
 * <p>Another {@code PipeRingBuffer} reads its messages with their types. Any other end of the pipe
 * gets each message as a 64-bit word with the type, in native byte order, followed by the message.
 *
 * <p>Sending and reading neither allocate nor block. Each end belongs to one thread at a time; the
 * two ends may belong to different threads, and any thread may read the counters. Where several
 * threads write to one {@code ManyToOneRingBuffer}, each thread here needs its own ring over its
 * own sender:
 *
 * <pre>{@code
 * Pipe pipe = Pipe.create(path, PipeSpec.bounded(1 << 16));
 * RingBuffer written = new PipeRingBuffer(pipe.sender()); // in each thread that writes
 * RingBuffer read = new PipeRingBuffer(pipe.receiver());
 * }</pre>
 */
public final class PipeRingBuffer implements RingBuffer, AutoCloseable {
    private final Pipe pipe;
    private final PipeSender sender;
    private final PipeReceiver receiver;
    private final ClaimedBuffer claimed;
    private final RingReader reader;
    private final RingCounters counters;
    private final int maxLength;

    /**
     * Creates a write-only ring.
     *
     * @param sender the sending end, which {@link #close} closes
     * @throws IllegalStateException if the JVM lacks the flag that Agrona needs; the message names
     *     it
     */
    public PipeRingBuffer(PipeSender sender) {
        this(sender.pipe(), sender, null);
    }

    /**
     * Creates a read-only ring.
     *
     * @param receiver the receiving end, which {@link #close} closes
     * @throws IllegalStateException if the JVM lacks the flag that Agrona needs; the message names
     *     it
     */
    public PipeRingBuffer(PipeReceiver receiver) {
        this(receiver.pipe(), null, receiver);
    }

    /**
     * Creates a ring that one thread of this process writes, and the same or another thread reads.
     *
     * @param sender the sending end, which {@link #close} closes
     * @param receiver the receiving end of the same pipe, which {@link #close} closes
     * @throws IllegalArgumentException if the ends belong to different pipes
     * @throws IllegalStateException if the JVM lacks the flag that Agrona needs; the message names
     *     it
     */
    public PipeRingBuffer(PipeSender sender, PipeReceiver receiver) {
        this(requireSamePipe(sender.pipe(), receiver.pipe()), sender, receiver);
    }

    private static Pipe requireSamePipe(Pipe written, Pipe read) {
        if (!written.equals(read)) {
            throw new IllegalArgumentException(
                    "a ring has the two ends of one pipe: the sender is of %s, the receiver of %s"
                            .formatted(written, read));
        }
        return written;
    }

    /** Creates a ring; one of the ends may be null. */
    private PipeRingBuffer(Pipe pipe, PipeSender sender, PipeReceiver receiver) {
        AgronaFlag.require();
        this.pipe = pipe;
        this.sender = sender;
        this.receiver = receiver;
        this.maxLength = pipe.maxMessageLength() - RingRecord.HEADER_LENGTH;
        this.counters = new RingCounters();
        this.claimed = new ClaimedBuffer();
        this.reader = new RingReader(receiver, counters, pipe.capacity() / RingRecord.length(0));
    }

    private PipeSender sender() {
        if (sender == null) {
            throw new UnsupportedOperationException(
                    "this ring was made over the receiving end of " + pipe + " only");
        }
        return sender;
    }

    private RingReader reader() {
        if (receiver == null) {
            throw new UnsupportedOperationException(
                    "this ring was made over the sending end of " + pipe + " only");
        }
        return reader;
    }

    /**
     * Returns the capacity of the pipe.
     *
     * @return the capacity in bytes
     */
    @Override
    public int capacity() {
        return pipe.capacity();
    }

    /**
     * Sends a message if there is room.
     *
     * @param msgTypeId the type of the message, at least 1
     * @param srcBuffer the buffer that contains the message
     * @param offset the start of the message in the buffer
     * @param length the length of the message in bytes, 0 to {@link #maxMsgLength}
     * @return false if there is no room now
     * @throws IllegalArgumentException if the type or the length is out of range
     * @throws IndexOutOfBoundsException if the range is not within the buffer
     * @throws IllegalStateException if a message is claimed
     * @throws io.sluice.BrokenChannelException if the receiver has left
     * @throws UnsupportedOperationException if this ring is read-only
     */
    @Override
    public boolean write(int msgTypeId, DirectBuffer srcBuffer, int offset, int length) {
        check(msgTypeId, length);
        Objects.checkFromIndexSize(offset, length, srcBuffer.capacity());
        Claim claim = sender().tryClaim(RingRecord.HEADER_LENGTH + length);
        if (claim == null) {
            return false;
        }
        claimed.copy(claim, msgTypeId, srcBuffer, offset, length);
        counters.produced(length); // First, so that consumed never exceeds produced.
        boolean sent = claim.tryCommit();
        if (!sent) {
            counters.undoProduced(length);
        }
        return sent;
    }

    private void check(int msgTypeId, int length) {
        RingRecord.checkType(msgTypeId);
        if (length < 0 || length > maxLength) {
            throw new IllegalArgumentException("length=" + length + " is not in 0.." + maxLength);
        }
    }

    /**
     * Claims room for a message that the caller then writes to {@link #buffer} in place.
     *
     * @param msgTypeId the type of the message, at least 1
     * @param length the length of the message in bytes, 0 to {@link #maxMsgLength}
     * @return the start of the message in the buffer, or {@link #INSUFFICIENT_CAPACITY} if there is
     *     no room now
     * @throws IllegalArgumentException if the type or the length is out of range
     * @throws IllegalStateException if a message is claimed already
     * @throws io.sluice.BrokenChannelException if the receiver has left
     * @throws UnsupportedOperationException if this ring is read-only
     */
    @Override
    public int tryClaim(int msgTypeId, int length) {
        check(msgTypeId, length);
        Claim claim = sender().tryClaim(RingRecord.HEADER_LENGTH + length);
        return claimed.wrap(claim, msgTypeId) ? RingRecord.HEADER_LENGTH : INSUFFICIENT_CAPACITY;
    }

    /**
     * Sends the claimed message.
     *
     * @param index the result of {@link #tryClaim}
     * @throws IllegalArgumentException if the index is not that result
     * @throws IllegalStateException if nothing is claimed
     * @throws UnsupportedOperationException if this ring is read-only
     */
    @Override
    public void commit(int index) {
        checkIndex(index);
        claimed.checkClaimed();
        counters.produced(claimed.buffer().capacity() - RingRecord.HEADER_LENGTH);
        claimed.commit();
    }

    /**
     * Returns the claimed room. Nothing is sent.
     *
     * @param index the result of {@link #tryClaim}
     * @throws IllegalArgumentException if the index is not that result
     * @throws IllegalStateException if nothing is claimed
     * @throws UnsupportedOperationException if this ring is read-only
     */
    @Override
    public void abort(int index) {
        checkIndex(index);
        claimed.abort();
    }

    private void checkIndex(int index) {
        sender();
        if (index != RingRecord.HEADER_LENGTH) {
            throw new IllegalArgumentException(
                    "index=%s is not what tryClaim returned, %s"
                            .formatted(index, RingRecord.HEADER_LENGTH));
        }
    }

    /**
     * Passes the messages that are there to a handler, at most as many as the ring can hold.
     *
     * @param handler the handler, which gets each message, in order, in place; if it throws, that
     *     message counts as read
     * @return the number of messages
     * @throws IllegalStateException if a message was not sent by a {@code PipeRingBuffer}; it
     *     counts as read
     * @throws io.sluice.ChannelCorruptedException if the pipe holds data that no sender wrote
     * @throws UnsupportedOperationException if this ring is write-only
     */
    @Override
    public int read(MessageHandler handler) {
        return read(handler, Integer.MAX_VALUE);
    }

    /**
     * Passes messages that are there to a handler, up to a limit.
     *
     * @param handler the handler, which gets each message, in order, in place; if it throws, that
     *     message counts as read
     * @param messageCountLimit the maximum number of messages; 0 or less reads none
     * @return the number of messages
     * @throws IllegalStateException if a message was not sent by a {@code PipeRingBuffer}; it
     *     counts as read
     * @throws io.sluice.ChannelCorruptedException if the pipe holds data that no sender wrote
     * @throws UnsupportedOperationException if this ring is write-only
     */
    @Override
    public int read(MessageHandler handler, int messageCountLimit) {
        return reader().read(Objects.requireNonNull(handler, "handler"), messageCountLimit);
    }

    /**
     * Passes the messages that are there to a handler, at most as many as the ring can hold, and
     * performs the action that it returns for each; see {@link
     * #controlledRead(ControlledMessageHandler, int)}.
     *
     * @param handler the handler, which gets each message, in order
     * @return the number of messages, without an aborted one
     * @throws IllegalStateException if a message was not sent by a {@code PipeRingBuffer}; it
     *     counts as read
     * @throws io.sluice.ChannelCorruptedException if the pipe holds data that no sender wrote
     * @throws UnsupportedOperationException if this ring is write-only
     */
    @Override
    public int controlledRead(ControlledMessageHandler handler) {
        return controlledRead(handler, Integer.MAX_VALUE);
    }

    /**
     * Passes messages that are there to a handler, up to a limit, and performs the action that it
     * returns for each.
     *
     * <ul>
     *   <li>{@code CONTINUE} and {@code COMMIT} continue with the next message. Both advance the
     *       position and return the message's space at once.
     *   <li>{@code BREAK} advances the position and returns the space too, and ends the call.
     *   <li>{@code ABORT} ends the call and leaves the position; the message is the next one to be
     *       read, here or by {@link #read(MessageHandler)}. A pipe cannot take a message back, so
     *       this object keeps a copy: the message's space returns to the sender, and the message is
     *       lost if this process dies or closes the ring before it is read again.
     * </ul>
     *
     * @param handler the handler, which gets each message, in order; if it throws, that message
     *     counts as read
     * @param messageCountLimit the maximum number of messages; 0 or less reads none
     * @return the number of messages, without an aborted one
     * @throws IllegalStateException if a message was not sent by a {@code PipeRingBuffer}; it
     *     counts as read
     * @throws io.sluice.ChannelCorruptedException if the pipe holds data that no sender wrote
     * @throws UnsupportedOperationException if this ring is write-only
     */
    @Override
    public int controlledRead(ControlledMessageHandler handler, int messageCountLimit) {
        return reader().controlledRead(
                        Objects.requireNonNull(handler, "handler"), messageCountLimit);
    }

    /**
     * Returns the length of the longest message that the pipe can carry with its type.
     *
     * @return the length in bytes
     */
    @Override
    public int maxMsgLength() {
        return maxLength;
    }

    /**
     * Returns the next correlation id. Ids are unique within this object, not among several objects
     * on the same pipe.
     *
     * @return 0, 1, 2 and so on
     */
    @Override
    public long nextCorrelationId() {
        return counters.nextCorrelationId();
    }

    /**
     * Returns the claimed message, which the caller writes from the index that {@link #tryClaim}
     * returned. Always the same buffer, which is empty while nothing is claimed.
     *
     * @return the buffer
     * @throws UnsupportedOperationException if this ring is read-only
     */
    @Override
    public AtomicBuffer buffer() {
        sender();
        return claimed.buffer();
    }

    /**
     * Stores a time in this object only. Senders do not need it: after the death of the last
     * receiver they get {@link io.sluice.BrokenChannelException}.
     *
     * @param time the time
     * @throws UnsupportedOperationException if this ring is write-only
     */
    @Override
    public void consumerHeartbeatTime(long time) {
        reader();
        counters.heartbeat(time);
    }

    /**
     * Returns the time that was stored last.
     *
     * @return the time, or 0
     * @throws UnsupportedOperationException if this ring is write-only
     */
    @Override
    public long consumerHeartbeatTime() {
        reader();
        return counters.heartbeat();
    }

    /**
     * Returns how much this object has sent.
     *
     * @return the position in bytes, including what the pipe adds to each message
     * @throws UnsupportedOperationException if this ring is read-only
     */
    @Override
    public long producerPosition() {
        sender();
        return counters.producerPosition();
    }

    /**
     * Returns how much this object has read.
     *
     * @return the position in bytes, including what the pipe adds to each message
     * @throws UnsupportedOperationException if this ring is write-only
     */
    @Override
    public long consumerPosition() {
        reader();
        return counters.consumerPosition();
    }

    /**
     * Returns how much this object has sent and not yet read.
     *
     * @return the size in bytes, including what the pipe adds to each message, 0 to {@link
     *     #capacity}
     * @throws UnsupportedOperationException if this ring does not have both ends
     */
    @Override
    public int size() {
        long consumed = consumerPosition(); // First: it must not overtake the other.
        long size = producerPosition() - consumed;
        return (int) Math.min(Math.max(size, 0), capacity());
    }

    /**
     * Does nothing: a sender that dies in the middle of a message does not block the pipe.
     *
     * @return false
     */
    @Override
    public boolean unblock() {
        return false;
    }

    /**
     * Tests whether the last read found the end of the stream: the senders had closed or died, and
     * all that they had sent was read.
     *
     * @return the result of {@link PipeReceiver#isEndOfStream}
     * @throws UnsupportedOperationException if this ring is write-only
     */
    public boolean isEndOfStream() {
        reader();
        // False while an aborted message is kept: the last poll found it.
        return receiver.isEndOfStream();
    }

    /**
     * Closes the ends of this ring. Closing twice has no effect.
     *
     * @throws IllegalStateException if a handler of this ring calls it; nothing was closed
     */
    @Override
    public void close() {
        if (receiver != null) { // First, because it may throw.
            try {
                reader.close();
            } catch (UncheckedIOException e) { // The receiver is closed nevertheless.
                try {
                    closeSender();
                } catch (UncheckedIOException sendersToo) {
                    e.addSuppressed(sendersToo);
                }
                throw e;
            }
        }
        closeSender();
    }

    private void closeSender() {
        if (sender != null) {
            claimed.close();
            sender.close();
        }
    }

    @Override
    public String toString() {
        return "PipeRingBuffer[" + sender + ", " + receiver + "]";
    }
}
