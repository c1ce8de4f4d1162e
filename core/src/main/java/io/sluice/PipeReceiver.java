package io.sluice;

import io.sluice.pipe.ReceiverEndpoint;
import io.sluice.wait.Deadline;
import io.sluice.wait.Selectable;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * A receiving end of a {@link Pipe}.
 *
 * <p>Messages are passed to a {@link MessageHandler} in place, in batches; the space of a batch is
 * returned to the sender after the batch. Receiving neither allocates nor locks nor makes a system
 * call while messages flow. A receiver that finds no message queries the kernel once in a
 * millisecond whether the sender is alive.
 *
 * <p>A receiver opens a sender's lane when it first looks for a message there, and maps further
 * parts of it after an unbounded pipe has grown. If the system refuses that (no descriptor or
 * memory left, no permission), a call throws {@link java.io.UncheckedIOException} with the reason
 * and the limit to raise. No message is lost; later calls continue with the other lanes, and retry
 * that lane in its turn.
 *
 * <p>If a handler throws, the exception propagates to the caller, and the message that was passed
 * to it counts as received; the pipe stays usable. Every method throws {@link
 * IllegalStateException} after {@link #close}, and {@link ChannelCorruptedException} if a lane
 * holds data that no sender writes, or a file of the pipe was truncated.
 *
 * <p>A handler must neither receive from the receiver that called it nor close it: {@code poll},
 * {@code controlledPoll}, {@code tryReceive}, {@code receive} and {@link #close} throw {@link
 * IllegalStateException} there before they have any effect, on every kind of pipe. To close the
 * receiver, a handler returns or throws, and its caller closes. A handler may call {@link
 * #deliveryAttempt}, {@link #isEndOfStream} and {@link #awaitSender}, and may use any other end.
 *
 * <p>A message that does not fit into the {@link ByteBuffer} that is to receive it stays in the
 * pipe: {@link BufferTooSmallException} contains the room that it needs. It was not handed out, so
 * it does not count as an {@link #deliveryAttempt}. This receiver's next call finds it again; if
 * the pipe has several receivers, another one may receive it first. The sender of a rendezvous
 * continues to wait.
 *
 * <p>Belongs to one thread at a time. Another thread may {@link #close} it during a blocking call,
 * whether that call is waiting, looking for messages or passing one to a handler: {@code receive}
 * and {@code awaitSender}, with or without a timeout, and calls of codecs, streams and adapters
 * that are built on them. That call then either throws {@link IllegalStateException}, and has
 * received nothing, or completes as documented. This end leaves the pipe when the call has ended.
 * The non-blocking calls ({@code poll}, {@code controlledPoll}, {@code tryReceive}) must have
 * returned before another thread closes this end, or their handlers may read zeros.
 *
 * <p>An end that becomes unreachable without being closed is closed when the garbage collector
 * finds it, with a warning: see {@link Pipe}.
 */
public final class PipeReceiver implements AutoCloseable {
    // Methods keep this object reachable until they return, as in PipeSender.
    private final Pipe pipe;
    private final ReceiverEndpoint end;
    private final Cleaner.Cleanable cleanable;
    private final MessageHandler copier = this::copy;
    private final BufferFiller filler = new BufferFiller();
    private byte[] copied;

    PipeReceiver(Pipe pipe, ReceiverEndpoint end) {
        this.pipe = pipe;
        this.end = end;
        this.cleanable = end.onUnreachable(this);
    }

    private void copy(MemorySegment memory, long offset, int length) {
        copied = BytesCodec.INSTANCE.decode(memory, offset, length);
    }

    /** Returns the copy of the last message, or null, and clears the reference to it. */
    private byte[] takeCopied() {
        byte[] message = copied;
        if (message != null) {
            copied = null;
        }
        return message;
    }

    /**
     * Passes available messages to a handler. Does not wait.
     *
     * @param handler the handler, called for each message, in order
     * @param limit the largest number of messages; 0 passes none
     * @return the number of messages; 0 if there is none now, or the stream has {@link
     *     #isEndOfStream}
     * @throws IllegalArgumentException if the limit is negative
     * @throws IllegalStateException if a handler of this receiver calls it
     * @throws ChannelCorruptedException if the lane holds data that no sender wrote
     */
    public int poll(MessageHandler handler, int limit) {
        int count = end.poll(handler, limit, Integer.MAX_VALUE);
        Reference.reachabilityFence(this);
        return count;
    }

    /**
     * Passes available messages to a handler that decides after each one whether the call goes on,
     * and whether the message was received. Does not wait.
     *
     * <p>A rendezvous pipe cannot take a message back: its sender is told that the message was
     * received before the handler runs.
     *
     * @param handler the handler, called for each message, in order
     * @param limit the largest number of messages; 0 passes none
     * @return the number of messages received, without one that was aborted; 0 also if there is
     *     none now, or the stream has {@link #isEndOfStream}
     * @throws UnsupportedOperationException if this is a {@linkplain PipeSpec#rendezvous
     *     rendezvous} pipe; nothing was received
     * @throws IllegalArgumentException if the limit is negative
     * @throws IllegalStateException if a handler of this receiver calls it
     * @throws ChannelCorruptedException if the lane holds data that no sender wrote
     */
    public int controlledPoll(ControlledMessageHandler handler, int limit) {
        int count = end.controlledPoll(handler, limit);
        Reference.reachabilityFence(this);
        return count;
    }

    /**
     * Passes available messages to a handler in one call, for each sender that has sent some. Does
     * not wait. A call gets up to 256 messages, and about a quarter of the sender's capacity; a
     * message that is {@linkplain #deliveryAttempt delivered again} comes alone, and so does each
     * message of a rendezvous pipe, or of one with {@link Order#ARRIVAL}.
     *
     * @param handler the handler
     * @param limit the largest number of messages; 0 passes none
     * @return the number of messages; 0 if there is none now, or the stream has {@link
     *     #isEndOfStream}
     * @throws IllegalArgumentException if the limit is negative
     * @throws IllegalStateException if a handler of this receiver calls it
     * @throws ChannelCorruptedException if the lane holds data that no sender wrote
     */
    public int pollBatch(BatchHandler handler, int limit) {
        int count = end.pollBatch(handler, limit);
        Reference.reachabilityFence(this);
        return count;
    }

    /**
     * Passes messages to a handler, as {@link #pollBatch}, and blocks while there is none.
     *
     * @param handler the handler
     * @param limit the largest number of messages, at least 1
     * @return the number of messages, or -1 at the end of the stream
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was
     *     received
     * @throws ChannelCorruptedException if the lane holds data that no sender wrote
     */
    public int receiveBatch(BatchHandler handler, int limit) throws InterruptedException {
        return receiveBatch(handler, limit, Waiter.NO_TIMEOUT);
    }

    /**
     * Passes messages to a handler, as {@link #pollBatch}, and blocks up to a timeout while there
     * is none.
     *
     * @param handler the handler
     * @param limit the largest number of messages, at least 1
     * @param timeout the longest time to wait; zero or less does not wait
     * @return the number of messages, 0 if none came in that time, or -1 at the end of the stream
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was
     *     received
     * @throws ChannelCorruptedException if the lane holds data that no sender wrote
     */
    public int receiveBatch(BatchHandler handler, int limit, Duration timeout)
            throws InterruptedException {
        return receiveBatch(handler, limit, Deadline.nanos(timeout));
    }

    private int receiveBatch(BatchHandler handler, int limit, long nanos)
            throws InterruptedException {
        try {
            return end.receiveBatch(handler, limit, nanos);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Passes messages to a handler, and blocks while there is none.
     *
     * @param handler the handler, called for each message, in order
     * @param limit the largest number of messages, at least 1
     * @return the number of messages, or -1 at the end of the stream
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was
     *     received
     * @throws ChannelCorruptedException if the lane holds data that no sender wrote
     */
    public int receive(MessageHandler handler, int limit) throws InterruptedException {
        return receive(handler, limit, Integer.MAX_VALUE, Waiter.NO_TIMEOUT);
    }

    /**
     * Passes messages to a handler, and blocks up to a timeout while there is none.
     *
     * @param handler the handler, called for each message, in order
     * @param limit the largest number of messages, at least 1
     * @param timeout the longest time to wait; zero or less does not wait
     * @return the number of messages, 0 if none came in that time, or -1 at the end of the stream
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was
     *     received
     * @throws ChannelCorruptedException if the lane holds data that no sender wrote
     */
    public int receive(MessageHandler handler, int limit, Duration timeout)
            throws InterruptedException {
        long nanos = Deadline.nanos(timeout);
        return receive(handler, limit, Integer.MAX_VALUE, nanos);
    }

    private int receive(MessageHandler handler, int limit, int longest, long nanos)
            throws InterruptedException {
        try {
            return end.receive(handler, limit, longest, nanos);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Passes available messages to a handler, and keeps them: each is this receiver's, with its
     * bytes in place, until {@link #acknowledge} is called with its delivery tag. Does not wait.
     * See {@link #receiveUnacknowledged(UnacknowledgedMessageHandler, int)}.
     *
     * @param handler the handler, called for each message, in order
     * @param limit the largest number of messages; 0 passes none
     * @return the number of messages; 0 if there is none now, or the stream has {@link
     *     #isEndOfStream}
     * @throws UnsupportedOperationException if the pipe is a {@linkplain PipeSpec#rendezvous
     *     rendezvous}, a {@linkplain PipeSpec#broadcast broadcast}, or {@linkplain
     *     PipeSpec#unbounded unbounded} for one receiver
     * @throws IllegalArgumentException if the limit is negative
     * @throws IllegalStateException if a handler of this receiver calls it, or 16777216 messages
     *     are unacknowledged
     * @throws ChannelCorruptedException if the lane holds data that no sender wrote
     */
    public int pollUnacknowledged(UnacknowledgedMessageHandler handler, int limit) {
        int count = end.pollUnacknowledged(handler, limit);
        Reference.reachabilityFence(this);
        return count;
    }

    /**
     * Passes messages to a handler, and keeps them until they are acknowledged; blocks while there
     * is none. For a receiver that passes messages to other threads: what was not acknowledged when
     * its process dies, or when this end is closed, is delivered again, to any receiver of the
     * pipe, and {@link #deliveryAttempt} counts it; or is dropped if the pipe is {@link
     * Delivery#AT_MOST_ONCE}.
     *
     * <pre>{@code
     * UnacknowledgedMessageHandler handler = (tag, memory, offset, length) ->
     *         workers.execute(() -> {
     *             process(memory, offset, length);
     *             receiver.acknowledge(tag);
     *         });
     * while (receiver.receiveUnacknowledged(handler, 100) > 0) {}
     * }</pre>
     *
     * <p>A message that is not acknowledged keeps its space, and that of the same sender's later
     * messages is returned only with it: a receiver that never acknowledges stops that sender when
     * its ring is full, or at its quota. A ring of a pipe that grows is not used again before all
     * its messages are acknowledged. With {@link OverflowPolicy#DROP_OLDEST}, messages that were
     * handed out are not dropped.
     *
     * <p>In a pipe for several receivers, exactly the messages that were not acknowledged are
     * delivered again. In a pipe for one receiver it is these, and those of the same sender after
     * the first of them; what is delivered again is handed out one at a time, the next message when
     * the one before is acknowledged; and the other methods that receive throw {@link
     * IllegalStateException} while a message is not acknowledged.
     *
     * <p>The end of the stream says that all messages were handed out, not that all were
     * acknowledged. Other methods, codecs and a {@link Select} acknowledge by themselves.
     *
     * @param handler the handler, called for each message, in order
     * @param limit the largest number of messages, at least 1
     * @return the number of messages, or -1 at the end of the stream
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was
     *     received
     * @throws UnsupportedOperationException if the pipe is a {@linkplain PipeSpec#rendezvous
     *     rendezvous}, a {@linkplain PipeSpec#broadcast broadcast}, or {@linkplain
     *     PipeSpec#unbounded unbounded} for one receiver
     * @throws IllegalStateException if a handler of this receiver calls it, or 16777216 messages
     *     are unacknowledged
     * @throws ChannelCorruptedException if the lane holds data that no sender wrote
     */
    public int receiveUnacknowledged(UnacknowledgedMessageHandler handler, int limit)
            throws InterruptedException {
        return receiveUnacknowledged(handler, limit, Waiter.NO_TIMEOUT);
    }

    /**
     * Passes messages to a handler, and keeps them until they are acknowledged, as {@link
     * #receiveUnacknowledged(UnacknowledgedMessageHandler, int)}; blocks up to a timeout while
     * there is none.
     *
     * @param handler the handler, called for each message, in order
     * @param limit the largest number of messages, at least 1
     * @param timeout the longest time to wait; zero or less does not wait
     * @return the number of messages, 0 if none came in that time, or -1 at the end of the stream
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was
     *     received
     * @throws UnsupportedOperationException if the pipe is a {@linkplain PipeSpec#rendezvous
     *     rendezvous}, a {@linkplain PipeSpec#broadcast broadcast}, or {@linkplain
     *     PipeSpec#unbounded unbounded} for one receiver
     * @throws IllegalStateException if a handler of this receiver calls it, or 16777216 messages
     *     are unacknowledged
     * @throws ChannelCorruptedException if the lane holds data that no sender wrote
     */
    public int receiveUnacknowledged(
            UnacknowledgedMessageHandler handler, int limit, Duration timeout)
            throws InterruptedException {
        return receiveUnacknowledged(handler, limit, Deadline.nanos(timeout));
    }

    private int receiveUnacknowledged(UnacknowledgedMessageHandler handler, int limit, long nanos)
            throws InterruptedException {
        try {
            return end.receiveUnacknowledged(handler, limit, nanos);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Acknowledges a message: it is received for good, its bytes are no longer to be read, and its
     * space is returned to the sender, which is woken if it waits. Any thread may call this, at any
     * time, in any order, once for each message; also inside the handler, and while the receiver's
     * thread receives or blocks. What the caller has read of the message <i>happens-before</i> the
     * sender writes there again. Lock-free; allocates nothing, and makes no system call unless a
     * sender waits.
     *
     * @param deliveryTag the delivery tag of the message
     * @throws IllegalArgumentException if the tag is not one of this receiver, but for example of
     *     another one
     * @throws IllegalStateException if the message was acknowledged before, or this receiver is
     *     closed: then the message is delivered again
     * @throws UnsupportedOperationException if messages of this pipe cannot be acknowledged
     * @throws ChannelCorruptedException if a peer has changed what belongs to this receiver
     */
    public void acknowledge(long deliveryTag) {
        end.acknowledge(deliveryTag);
        Reference.reachabilityFence(this);
    }

    /**
     * Returns how many messages were handed out and are not acknowledged. Any thread may call this.
     *
     * @return the number, a snapshot; 0 if this receiver is closed
     */
    public int unacknowledged() {
        int count = end.unacknowledged();
        Reference.reachabilityFence(this);
        return count;
    }

    /**
     * Runs a task, once, when this receiver has a message, or the end of the stream: for an event
     * loop, which cannot block in {@link #receive}. Returns at once. The task runs in the executor,
     * at the earliest during this call. It polls until it finds nothing, and then calls this method
     * again for the next time:
     *
     * <pre>{@code
     * void onReadable() {
     *     while (receiver.poll(handler, 64) > 0) {}
     *     if (!receiver.isEndOfStream()) {
     *         receiver.onReadable(executor, this::onReadable);
     *     }
     * }
     * }</pre>
     *
     * <p>A message that comes between that poll and this call is not missed. The task may find
     * nothing, if another receiver was faster. It also runs if waiting fails, because the pipe is
     * corrupt or another thread closes this receiver: its next call throws the reason.
     *
     * <p>From this call until the task runs, this receiver may only be closed; what the caller did
     * before this call <i>happens-before</i> the task. A virtual thread waits meanwhile, asleep: a
     * call allocates it, and a message takes about two wake-ups more than to a thread that waits in
     * {@code receive}.
     *
     * @param executor the executor of the task, which must not refuse it
     * @param task the task, run once
     * @throws IllegalStateException if this receiver is closed
     */
    public void onReadable(Executor executor, Runnable task) {
        Objects.requireNonNull(executor, "executor");
        Objects.requireNonNull(task, "task");
        checkOpen();
        Selectable.whenReady(
                executor,
                task,
                () -> {
                    end.awaitReady();
                    Reference.reachabilityFence(this);
                });
    }

    /**
     * Returns a file descriptor that becomes readable when this receiver has a message, or the end
     * of the stream: for an event loop that is not Java's, with {@code poll}, {@code epoll} or
     * {@code io_uring}. It is an {@code eventfd(2)}, the same at each call, made by the first one.
     *
     * <p>This is {@link #onReadable} for such a loop, with the same rules. A call makes the
     * descriptor not readable, waits for a message from now on, and returns at once. When it has
     * become readable, the loop polls until it finds nothing, and calls this method again for the
     * next time:
     *
     * <pre>{@code
     * int fd = receiver.notifyFd();                    // to be added to the loop's set, once
     * // and whenever it is readable:
     * while (receiver.poll(handler, 64) > 0) {}
     * if (!receiver.isEndOfStream()) {
     *     receiver.notifyFd();
     * }
     * }</pre>
     *
     * <p>From a call until the descriptor is readable, this receiver may only be closed; another
     * call meanwhile has no effect. A message that comes between the last poll and the call is not
     * missed.
     *
     * <p>Cost: a virtual thread waits, asleep, and writes the descriptor, once for each call; no
     * sender writes it. So messages that the loop finds while it polls cost no system call, and a
     * loop that sleeps is woken by two wake-ups more than a thread that waits in {@code receive}:
     * of the thread that sleeps for all virtual threads of this process, and of the virtual one.
     *
     * <p>The descriptor belongs to this receiver: the loop neither reads, writes nor closes it. It
     * is closed with this end; take it out of the loop's set before. The loop must keep this object
     * reachable, not only the number. If this end is closed while it waits, which the collector
     * also does, the descriptor is closed by the thread that waits.
     *
     * @return the number of the descriptor
     * @throws IllegalStateException if this receiver is closed
     * @throws java.io.UncheckedIOException if this process can have no more descriptors
     */
    public int notifyFd() {
        int fd = end.notifyFd();
        Reference.reachabilityFence(this);
        return fd;
    }

    /**
     * Waits up to a timeout for a sender to attach.
     *
     * @param timeout the longest time to wait; zero or less does not wait
     * @return whether a sender is attached
     * @throws InterruptedException if this thread is interrupted while it waits
     */
    public boolean awaitSender(Duration timeout) throws InterruptedException {
        boolean there = end.awaitPeer(Deadline.nanos(timeout));
        Reference.reachabilityFence(this);
        return there;
    }

    /**
     * Returns how often the current message was handed out before, to receivers that died before
     * they had finished it. A death while the receiver was handling another message does not count.
     * Call this from the handler.
     *
     * @return 0 for a message that is delivered for the first time; otherwise the number of earlier
     *     deliveries, where 15 means 15 or more
     */
    public int deliveryAttempt() {
        int attempt = end.deliveryAttempt();
        Reference.reachabilityFence(this);
        return attempt;
    }

    /**
     * Receives a message if there is one. Does not wait. Allocates a copy.
     *
     * @return the message, or null if there is none now, or the stream has {@link #isEndOfStream}
     */
    public byte[] tryReceive() {
        takeCopied(); // Discards the result of a failed call.
        poll(copier, 1);
        return takeCopied();
    }

    /**
     * Receives a message, and blocks while there is none. Allocates a copy.
     *
     * @return the message, or null at the end of the stream
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was
     *     received
     */
    public byte[] receive() throws InterruptedException {
        takeCopied();
        receive(copier, 1);
        return takeCopied();
    }

    /**
     * Receives a message, and blocks up to a timeout while there is none. Allocates a copy.
     *
     * @param timeout the longest time to wait; zero or less does not wait
     * @return the message, or null if none came in that time, or the stream has {@link
     *     #isEndOfStream}
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was
     *     received
     */
    public byte[] receive(Duration timeout) throws InterruptedException {
        takeCopied();
        receive(copier, 1, timeout);
        return takeCopied();
    }

    /**
     * Receives a message into a buffer, at its position, if there is one. Does not wait.
     *
     * @param target the buffer; its position is set to the end of the message, and is unchanged if
     *     there is none
     * @return the message's length in bytes, or -1 if there is none now, or the stream has {@link
     *     #isEndOfStream}
     * @throws BufferTooSmallException if the message is longer than the remaining space of the
     *     buffer; the buffer is unchanged, and the message stays in the pipe, see above
     * @throws java.nio.ReadOnlyBufferException if the buffer is read-only; nothing was received
     */
    public int tryReceive(ByteBuffer target) {
        try {
            int count = end.poll(filler.into(target), 1, target.remaining());
            return count > 0 ? filler.length() : -1;
        } finally {
            filler.release();
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Receives a message into a buffer, at its position, and blocks while there is none.
     *
     * @param target the buffer; its position is set to the end of the message, and is unchanged if
     *     there is none
     * @return the message's length in bytes, or -1 at the end of the stream
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was
     *     received
     * @throws BufferTooSmallException if the message is longer than the remaining space of the
     *     buffer; the buffer is unchanged, and the message stays in the pipe, see above
     * @throws java.nio.ReadOnlyBufferException if the buffer is read-only; nothing was received
     */
    public int receive(ByteBuffer target) throws InterruptedException {
        return receive(target, Waiter.NO_TIMEOUT);
    }

    /**
     * Receives a message into a buffer, at its position, and blocks up to a timeout while there is
     * none.
     *
     * @param target the buffer; its position is set to the end of the message, and is unchanged if
     *     there is none
     * @param timeout the longest time to wait; zero or less does not wait
     * @return the message's length in bytes, or -1 if none came in that time, or the stream has
     *     {@link #isEndOfStream}
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was
     *     received
     * @throws BufferTooSmallException if the message is longer than the remaining space of the
     *     buffer; the buffer is unchanged, and the message stays in the pipe, see above
     * @throws java.nio.ReadOnlyBufferException if the buffer is read-only; nothing was received
     */
    public int receive(ByteBuffer target, Duration timeout) throws InterruptedException {
        return receive(target, Deadline.nanos(timeout));
    }

    private int receive(ByteBuffer target, long nanos) throws InterruptedException {
        try {
            return receive(filler.into(target), 1, target.remaining(), nanos) > 0
                    ? filler.length()
                    : -1;
        } finally {
            filler.release();
        }
    }

    /**
     * Tests whether the last call found the end of the stream: every sender had closed or died, and
     * every message was received. If another sender attaches later, messages can arrive again, and
     * a call that receives one makes this false again.
     *
     * @return whether the stream had ended
     */
    public boolean isEndOfStream() {
        return end.isEndOfStream();
    }

    /**
     * Returns how many messages of a broadcast this receiver has lost, because they were
     * overwritten before it could receive them. Exact: a handler finds counted here what is missing
     * before its message.
     *
     * @return the number of messages; 0 for a gated receiver that was not demoted, and for every
     *     receiver of another pipe
     */
    public long lost() {
        long lost = end.lostMessages();
        Reference.reachabilityFence(this);
        return lost;
    }

    /**
     * Returns the bytes of the {@link #lost()} messages.
     *
     * @return the number of bytes, including the overhead of each message
     */
    public long lostBytes() {
        long lost = end.lostBytes();
        Reference.reachabilityFence(this);
        return lost;
    }

    /**
     * Tests whether senders wait for this receiver.
     *
     * @return false for a receiver of a broadcast that is {@linkplain EndOptions#lossy() lossy}, or
     *     that a sender has {@linkplain PipeSpec#demoting demoted}
     */
    public boolean isGated() {
        boolean gated = end.isGated();
        Reference.reachabilityFence(this);
        return gated;
    }

    /**
     * Returns where this receiver of a broadcast is: the place of the next message. Inside a
     * handler of a gated receiver, the place before or after the message.
     *
     * @return the place, for {@link EndOptions#startAt}
     * @throws UnsupportedOperationException if this is not a broadcast, or one for many senders
     */
    public PipePosition position() {
        PipePosition place = end.place();
        Reference.reachabilityFence(this);
        return place;
    }

    /**
     * Closes this end. When the last receiver has closed, the pipe is broken: senders get a {@link
     * BrokenChannelException}, unless the pipe {@linkplain PipeSpec#retainWithoutReceivers is kept
     * without receivers}. Messages that were not acknowledged are delivered again, as after a
     * death; a thread that still reads one may read zeros. Closing twice has no effect.
     *
     * @throws IllegalStateException if a handler of this receiver calls it; the call has no effect
     *     then
     */
    @Override
    public void close() {
        end.close();
        cleanable.clean();
    }

    void checkOpen() {
        end.checkOpen();
    }

    /** Returns the queue in which a select waits for a message. */
    WaitQueue waitQueue() {
        return end.waitQueue();
    }

    /** Tests whether a poll would find a message now; looks for the end of the stream if not. */
    boolean isReady() {
        boolean ready = end.isReady(ReceiverEndpoint.ALL_LANES);
        Reference.reachabilityFence(this);
        return ready;
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
        return "PipeReceiver["
                + end.path()
                + (end.isClosed() ? ", closed" : ", position=" + end.position())
                + (isEndOfStream() ? ", ended" : "")
                + "]";
    }
}
