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
 * A pipe as Agrona's {@link RingBuffer}, so that code which has a ring gets a pipe by changing how
 * it is made. One object is made over the sending end, the receiving end, or both; what needs the
 * end that it has not throws {@link UnsupportedOperationException}.
 *
 * <p>It does what {@code OneToOneRingBuffer} does, except:
 *
 * <ul>
 *   <li>One message can be claimed at a time, and while it is nothing else can be sent: a second
 *       one is refused with {@link IllegalStateException}. An aborted one takes no space.
 *   <li>When the last receiver has left, {@link #write} and {@link #tryClaim} throw {@link
 *       io.sluice.BrokenChannelException}. When the last sender has left and all is read, {@link
 *       #ended} is true.
 *   <li>Positions, correlation ids and the heartbeat are this object's own and begin at 0. They are
 *       not shared with the other process: it has its own.
 *   <li>A message is up to {@link #maxMsgLength} long, which is nearly the capacity, not an eighth
 *       of it; none is refused because it would not fit before the ring's end.
 *   <li>{@link #controlledRead} moves the position after each message, and copies one that is
 *       aborted: see there.
 *   <li>{@link #buffer} is the claimed message alone, not the ring.
 *   <li>A pipe with several senders is read in the order of each.
 *   <li>A handler that reads from the ring, or closes it, is refused with {@link
 *       IllegalStateException}, before anything has happened.
 * </ul>
 *
 * <p>Its messages are understood by another {@code PipeRingBuffer}; to an end of the pipe without
 * one, each is a 64-bit word with the type, in the machine's byte order, and then the message.
 *
 * <p>Sending and reading allocate nothing and do not wait. Each end belongs to one thread at a
 * time, and these may be two; the counters may be read by any. Where several threads write to one
 * {@code ManyToOneRingBuffer}, each here needs a ring of its own, over a sender of its own:
 *
 * <pre>{@code
 * Pipe pipe = Pipe.create(path, PipeSpec.bounded(1 << 16).senders(Ends.MANY));
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
     * A ring that is only written to.
     *
     * @param sender the sending end, which {@link #close} closes
     * @throws IllegalStateException if the JVM lacks the flag that Agrona needs; the message names
     *     it
     */
    public PipeRingBuffer(PipeSender sender) {
        this(sender.pipe(), sender, null);
    }

    /**
     * A ring that is only read.
     *
     * @param receiver the receiving end, which {@link #close} closes
     * @throws IllegalStateException if the JVM lacks the flag that Agrona needs; the message names
     *     it
     */
    public PipeRingBuffer(PipeReceiver receiver) {
        this(receiver.pipe(), null, receiver);
    }

    /**
     * A ring that is written to and read, by two threads of this process or one.
     *
     * @param sender the sending end, which {@link #close} closes
     * @param receiver the receiving end of the same pipe, which {@link #close} closes
     * @throws IllegalArgumentException if they are ends of two pipes
     * @throws IllegalStateException if the JVM lacks the flag that Agrona needs; the message names
     *     it
     */
    public PipeRingBuffer(PipeSender sender, PipeReceiver receiver) {
        this(same(sender.pipe(), receiver.pipe()), sender, receiver);
    }

    private static Pipe same(Pipe written, Pipe read) {
        if (!written.equals(read)) {
            throw new IllegalArgumentException(
                    "a ring has the two ends of one pipe: the sender is of "
                            + written
                            + ", the receiver of "
                            + read);
        }
        return written;
    }

    /** One of the ends may be null. */
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
     * How much the pipe holds.
     *
     * @return in bytes
     */
    @Override
    public int capacity() {
        return pipe.capacity();
    }

    /**
     * Sends a message if there is room.
     *
     * @param msgTypeId its type, at least 1
     * @param srcBuffer where it is
     * @param offset where it begins there
     * @param length its length in bytes, 0 to {@link #maxMsgLength}
     * @return false if there is no room now
     * @throws IllegalArgumentException if the type or the length is out of range
     * @throws IndexOutOfBoundsException if it is not in the source
     * @throws IllegalStateException if a message is claimed
     * @throws io.sluice.BrokenChannelException if the receiver has left
     * @throws UnsupportedOperationException if this ring is only read
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
        counters.produced(length); // First: what is consumed is never more.
        boolean sent = claim.tryCommit();
        if (!sent) {
            counters.takenBack(length);
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
     * Makes room for a message that is then written to {@link #buffer} in place.
     *
     * @param msgTypeId its type, at least 1
     * @param length its length in bytes, 0 to {@link #maxMsgLength}
     * @return where it begins in the buffer, or {@link #INSUFFICIENT_CAPACITY} if there is no room
     *     now
     * @throws IllegalArgumentException if the type or the length is out of range
     * @throws IllegalStateException if a message is claimed already
     * @throws io.sluice.BrokenChannelException if the receiver has left
     * @throws UnsupportedOperationException if this ring is only read
     */
    @Override
    public int tryClaim(int msgTypeId, int length) {
        check(msgTypeId, length);
        Claim claim = sender().tryClaim(RingRecord.HEADER_LENGTH + length);
        return claimed.lend(claim, msgTypeId) ? RingRecord.HEADER_LENGTH : INSUFFICIENT_CAPACITY;
    }

    /**
     * Sends the message that was claimed.
     *
     * @param index what {@link #tryClaim} returned
     * @throws IllegalArgumentException if it is not that
     * @throws IllegalStateException if nothing is claimed
     * @throws UnsupportedOperationException if this ring is only read
     */
    @Override
    public void commit(int index) {
        checkIndex(index);
        claimed.checkClaimed();
        counters.produced(claimed.buffer().capacity() - RingRecord.HEADER_LENGTH);
        claimed.commit();
    }

    /**
     * Gives the room that was claimed back. Nothing is sent.
     *
     * @param index what {@link #tryClaim} returned
     * @throws IllegalArgumentException if it is not that
     * @throws IllegalStateException if nothing is claimed
     * @throws UnsupportedOperationException if this ring is only read
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
                    "index="
                            + index
                            + " is not what tryClaim returned, "
                            + RingRecord.HEADER_LENGTH);
        }
    }

    /**
     * Hands out the messages that are there, as many as the ring can hold at the most.
     *
     * @param handler is handed each message, in order, in place; if it throws, that message counts
     *     as read
     * @return how many
     * @throws IllegalStateException if a message was not sent by a {@code PipeRingBuffer}; it
     *     counts as read
     * @throws io.sluice.ChannelCorruptedException if the pipe holds something that no sender wrote
     * @throws UnsupportedOperationException if this ring is only written to
     */
    @Override
    public int read(MessageHandler handler) {
        return read(handler, Integer.MAX_VALUE);
    }

    /**
     * Hands out messages that are there.
     *
     * @param handler is handed each message, in order, in place; if it throws, that message counts
     *     as read
     * @param messageCountLimit how many at the most; 0 or less reads none
     * @return how many
     * @throws IllegalStateException if a message was not sent by a {@code PipeRingBuffer}; it
     *     counts as read
     * @throws io.sluice.ChannelCorruptedException if the pipe holds something that no sender wrote
     * @throws UnsupportedOperationException if this ring is only written to
     */
    @Override
    public int read(MessageHandler handler, int messageCountLimit) {
        return reader().read(Objects.requireNonNull(handler, "handler"), messageCountLimit);
    }

    /**
     * Hands out the messages that are there, as many as the ring can hold at the most, and does
     * after each what its handler says; see {@link #controlledRead(ControlledMessageHandler, int)}.
     *
     * @param handler is handed each message, in order
     * @return how many, an aborted one not counted
     * @throws IllegalStateException if a message was not sent by a {@code PipeRingBuffer}; it
     *     counts as read
     * @throws io.sluice.ChannelCorruptedException if the pipe holds something that no sender wrote
     * @throws UnsupportedOperationException if this ring is only written to
     */
    @Override
    public int controlledRead(ControlledMessageHandler handler) {
        return controlledRead(handler, Integer.MAX_VALUE);
    }

    /**
     * Hands out messages that are there, and does after each what its handler says.
     *
     * <ul>
     *   <li>{@code CONTINUE} and {@code COMMIT} go on with the next. Both move the position and
     *       give the message's space back at once.
     *   <li>{@code BREAK} does too, and returns.
     *   <li>{@code ABORT} returns, and the message is the first to be read again, here or by {@link
     *       #read(MessageHandler)}; the position stays. But a pipe cannot take a message back: this
     *       object keeps a copy of it. Its space goes back to the sender, and if this process dies
     *       or closes the ring before it is read again, it is lost.
     * </ul>
     *
     * @param handler is handed each message, in order; if it throws, that message counts as read
     * @param messageCountLimit how many at the most; 0 or less reads none
     * @return how many, an aborted one not counted
     * @throws IllegalStateException if a message was not sent by a {@code PipeRingBuffer}; it
     *     counts as read
     * @throws io.sluice.ChannelCorruptedException if the pipe holds something that no sender wrote
     * @throws UnsupportedOperationException if this ring is only written to
     */
    @Override
    public int controlledRead(ControlledMessageHandler handler, int messageCountLimit) {
        return reader().controlledRead(
                        Objects.requireNonNull(handler, "handler"), messageCountLimit);
    }

    /**
     * The longest message that the pipe can carry with its type.
     *
     * @return in bytes
     */
    @Override
    public int maxMsgLength() {
        return maxLength;
    }

    /**
     * Counts calls. Ids are different among those of this object, not of others on the same pipe.
     *
     * @return 0, 1, 2 and so on
     */
    @Override
    public long nextCorrelationId() {
        return counters.nextCorrelationId();
    }

    /**
     * The message that is claimed, to be written from the index on that {@link #tryClaim} returned.
     * Always the same buffer, which is empty while nothing is claimed.
     *
     * @return the buffer
     * @throws UnsupportedOperationException if this ring is only read
     */
    @Override
    public AtomicBuffer buffer() {
        sender();
        return claimed.buffer();
    }

    /**
     * Remembers a time, in this object only. No sender needs it: one whose receiver has died is
     * told by {@link io.sluice.BrokenChannelException}.
     *
     * @param time the time
     * @throws UnsupportedOperationException if this ring is only written to
     */
    @Override
    public void consumerHeartbeatTime(long time) {
        reader();
        counters.heartbeat(time);
    }

    /**
     * The time that was remembered last.
     *
     * @return the time, or 0
     * @throws UnsupportedOperationException if this ring is only written to
     */
    @Override
    public long consumerHeartbeatTime() {
        reader();
        return counters.heartbeat();
    }

    /**
     * How much was sent by this object.
     *
     * @return in bytes, with what the pipe adds to each message
     * @throws UnsupportedOperationException if this ring is only read
     */
    @Override
    public long producerPosition() {
        sender();
        return counters.producerPosition();
    }

    /**
     * How much was read by this object.
     *
     * @return in bytes, with what the pipe adds to each message
     * @throws UnsupportedOperationException if this ring is only written to
     */
    @Override
    public long consumerPosition() {
        reader();
        return counters.consumerPosition();
    }

    /**
     * How much was sent by this object and is not read yet.
     *
     * @return in bytes, with what the pipe adds to each message, 0 to {@link #capacity}
     * @throws UnsupportedOperationException if this ring was not made over both ends
     */
    @Override
    public int size() {
        long consumed = consumerPosition(); // First, or it could overtake.
        long size = producerPosition() - consumed;
        return (int) Math.min(Math.max(size, 0), capacity());
    }

    /**
     * Does nothing: a sender that dies in the middle of a message leaves nothing that could block.
     *
     * @return false
     */
    @Override
    public boolean unblock() {
        return false;
    }

    /**
     * Whether the last call to read found the end: the sender had closed or died, and all that it
     * had sent was read.
     *
     * @return what {@link PipeReceiver#ended} says
     * @throws UnsupportedOperationException if this ring is only written to
     */
    public boolean ended() {
        reader();
        return receiver.ended(); // Not while an aborted message is kept: the last call found that.
    }

    /**
     * Closes the ends that it was made over. Closing twice is no error.
     *
     * @throws IllegalStateException if a handler of this ring calls it; nothing was done
     */
    @Override
    public void close() {
        if (receiver != null) { // First, for it may refuse.
            try {
                reader.close();
            } catch (UncheckedIOException e) { // It is closed, if not in order.
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
