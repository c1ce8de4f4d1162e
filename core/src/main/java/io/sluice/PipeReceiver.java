package io.sluice;

import io.sluice.end.DroppedEnd;
import io.sluice.end.ReceivingEnd;
import io.sluice.lane.Handling;
import io.sluice.lane.LaneReceiver;
import io.sluice.lane.LostPage;
import io.sluice.lane.TooLong;
import io.sluice.memory.PrivateWords;
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
 * A receiving end of a {@link Pipe}.
 *
 * <p>Messages are handed to a {@link MessageHandler} in place, in batches; a batch's space goes
 * back to the sender when the batch is done. Receiving neither allocates nor locks nor makes a
 * system call while messages flow; a receiver that finds nothing asks the kernel once in a
 * millisecond whether the sender lives.
 *
 * <p>A sender's lane is opened when its first message is looked for, and a part of it when an
 * unbounded pipe has grown. If the system refuses that (no descriptor or memory left, no
 * permission), a call throws {@link java.io.UncheckedIOException} that says why and what to raise:
 * nothing is lost, the next calls go on with the other lanes, and try that one again in its turn.
 *
 * <p>If a handler throws, the exception reaches the caller, and the message that it was handed
 * counts as received; the pipe stays usable. Every method throws {@link IllegalStateException}
 * after {@link #close}, and {@link ChannelCorruptedException} if a lane holds what no sender
 * writes, or a file of the pipe was cut off.
 *
 * <p>A handler must not receive from the receiver that called it, nor close it: {@code poll},
 * {@code tryReceive}, {@code receive} and {@link #close} throw {@link IllegalStateException} there
 * before they do anything, on every kind of pipe. A handler that wants to close returns, or throws,
 * and its caller closes. {@link #attempt}, {@link #ended} and {@link #awaitSender} may be called,
 * and any other end may be used.
 *
 * <p>A message that does not fit into the {@link ByteBuffer} that is to receive it stays in the
 * pipe: {@link BufferTooSmallException} says how much room it needs. It was not handed out, so it
 * does not count as an {@link #attempt}. This receiver's next call finds it again; if the pipe has
 * several receivers, another one may receive it first. The sender of a rendezvous waits on.
 *
 * <p>Belongs to one thread at a time. Another thread may {@link #close} it during a blocking call:
 * {@code receive} and {@code awaitSender}, with a time limit or without, and what codecs, streams
 * and adapters make of them; whether it waits just then, looks, or hands a message out. That call
 * then throws {@link IllegalStateException}, and nothing of it was received; or it returns, and has
 * done what it says. This end leaves the pipe when the call has ended. The other calls ({@code
 * poll}, {@code tryReceive}) must have returned before another thread closes, or their handlers may
 * read zeros.
 *
 * <p>If it is dropped without being closed, it is closed when the garbage collector notices, with a
 * warning: see {@link Pipe}.
 */
public final class PipeReceiver implements AutoCloseable {
    /** Which thread is handing messages out, by its number; 0 if none is. */
    private static final int CALLER = 0;

    // Methods keep this reachable until they are done, as in PipeSender.
    private final Pipe pipe;
    private final ReceivingEnd end;
    private final Cleaner.Cleanable dropped;
    private final LaneReceiver lane;
    private final PrivateWords use = new PrivateWords();
    private final MessageHandler copier = this::copy;
    private final BufferFiller filler = new BufferFiller();
    private byte[] copied;
    private boolean ended;

    PipeReceiver(Pipe pipe, ReceivingEnd end) {
        this.pipe = pipe;
        this.end = end;
        this.lane = end.lane();
        this.dropped = DroppedEnd.watch(this, "receiver", end.attachment(), end::close);
    }

    private void copy(MemorySegment memory, long offset, int length) {
        byte[] message = new byte[length];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, message, 0, length);
        copied = message;
    }

    /** The copy of the last message, if there is one; not kept here. */
    private byte[] taken() {
        byte[] message = copied;
        if (message != null) {
            copied = null;
        }
        return message;
    }

    /**
     * Hands out messages that are there.
     *
     * @param handler is handed each message, in order
     * @param limit how many at the most, at least 1
     * @return how many; 0 if there is none now, or {@link #ended}
     * @throws ChannelCorruptedException if the lane holds something that no sender wrote
     */
    public int poll(MessageHandler handler, int limit) {
        return poll(handler, limit, Integer.MAX_VALUE);
    }

    private int poll(MessageHandler handler, int limit, int longest) {
        Objects.requireNonNull(handler, "handler");
        if (use.get(CALLER) != 0) {
            throw inUse("receive from it");
        }
        use.set(CALLER, Thread.currentThread().threadId());
        try {
            int count = lane.poll(handler, limit, longest);
            if (count == 0) {
                nothing(limit);
            } else if (ended) {
                ended = false;
            }
            LostPage.settle();
            return count;
        } catch (Handling e) {
            throw LostPage.translated(e.thrown());
        } catch (TooLong e) {
            throw LostPage.translated(new BufferTooSmallException(e.length(), longest));
        } catch (RuntimeException | Error e) {
            throw end.attachment().translated(e);
        } finally {
            use.set(CALLER, 0);
            Reference.reachabilityFence(this);
        }
    }

    /**
     * A nested call would see messages that the outer one has, and move the position beneath it.
     */
    private IllegalStateException inUse(String what) {
        return new IllegalStateException(
                use.get(CALLER) == Thread.currentThread().threadId()
                        ? "the handler of a receiver cannot " + what + ": return from it first"
                        : "another thread receives from this receiver: it belongs to one at a time");
    }

    /** The end is exact: each sender's last message is visible before its leaving is. */
    private void nothing(int limit) {
        end.attachment().checkOpen();
        if (limit < 1) {
            throw new IllegalArgumentException("limit=" + limit + " is not at least 1");
        }
        boolean now = end.hasEnded();
        if (now != ended) { // Written only when it changes: its line may be others' too.
            ended = now;
        }
    }

    /**
     * Hands out messages, and waits for the first if there is none.
     *
     * @param handler is handed each message, in order
     * @param limit how many at the most, at least 1
     * @return how many, or -1 at the end of the stream
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was
     *     received
     * @throws ChannelCorruptedException if the lane holds something that no sender wrote
     */
    public int receive(MessageHandler handler, int limit) throws InterruptedException {
        return receive(handler, limit, Integer.MAX_VALUE, Waiter.NO_LIMIT);
    }

    /**
     * Hands out messages, and waits some time for the first if there is none.
     *
     * @param handler is handed each message, in order
     * @param limit how many at the most, at least 1
     * @param timeout how long to wait at the most; zero or less does not wait
     * @return how many, 0 if none came in that time, or -1 at the end of the stream
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was
     *     received
     * @throws ChannelCorruptedException if the lane holds something that no sender wrote
     */
    public int receive(MessageHandler handler, int limit, Duration timeout)
            throws InterruptedException {
        long nanos = Limit.nanos(timeout);
        return receive(handler, limit, Integer.MAX_VALUE, nanos);
    }

    private int receive(MessageHandler handler, int limit, int longest, long nanos)
            throws InterruptedException {
        boolean entered = end.attachment().enter();
        try {
            int count = poll(handler, limit, longest);
            return count > 0 ? count : await(handler, limit, longest, nanos);
        } finally {
            end.attachment().exit(entered);
            Reference.reachabilityFence(this);
        }
    }

    /** Waits after a poll that found nothing. */
    private int await(MessageHandler handler, int limit, int longest, long nanos)
            throws InterruptedException {
        if (ended) {
            return -1;
        }
        Waiter waiter = end.waiter();
        end.startWaiting(nanos);
        int count = 0;
        try {
            try {
                boolean more;
                do {
                    more = waiter.pause();
                    count = poll(handler, limit, longest);
                    if (count > 0) {
                        return count;
                    }
                } while (more && !ended);
                return ended ? -1 : 0;
            } finally {
                end.stopWaiting();
            }
        } catch (RuntimeException | Error e) {
            throw end.attachment().translated(e);
        }
    }

    /**
     * Waits some time for a sender to come.
     *
     * @param timeout how long to wait at the most; zero or less does not wait
     * @return whether one is there
     * @throws InterruptedException if this thread was interrupted while it waited
     */
    public boolean awaitSender(Duration timeout) throws InterruptedException {
        boolean there = end.attachment().awaitOthers(Limit.nanos(timeout));
        Reference.reachabilityFence(this);
        return there;
    }

    /**
     * How often the message that is being handed out was handed out before, to receivers that died
     * before they had finished it. What others died of does not count. To be called from the
     * handler.
     *
     * @return 0 for a message that comes the first time; else it is delivered again, for so many
     *     times, of which 15 stands for 15 and more
     */
    public int attempt() {
        try {
            int attempt = lane.attempt();
            LostPage.settle();
            return attempt;
        } catch (RuntimeException | Error e) {
            throw end.attachment().translated(e);
        }
    }

    /**
     * Takes a message that is there. Allocates its copy.
     *
     * @return the message, or null if there is none now, or {@link #ended}
     */
    public byte[] tryReceive() {
        taken(); // What a call that failed has left.
        poll(copier, 1);
        return taken();
    }

    /**
     * Takes a message, and waits for it if there is none. Allocates its copy.
     *
     * @return the message, or null at the end of the stream
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was
     *     received
     */
    public byte[] receive() throws InterruptedException {
        taken();
        receive(copier, 1);
        return taken();
    }

    /**
     * Takes a message, and waits some time for it if there is none. Allocates its copy.
     *
     * @param timeout how long to wait at the most; zero or less does not wait
     * @return the message, or null if none came in that time, or {@link #ended}
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was
     *     received
     */
    public byte[] receive(Duration timeout) throws InterruptedException {
        taken();
        receive(copier, 1, timeout);
        return taken();
    }

    /**
     * Takes a message that is there into a buffer, at its position.
     *
     * @param target where to put it; its position is behind the message then, and where it was if
     *     there is none
     * @return the message's length in bytes, or -1 if there is none now, or {@link #ended}
     * @throws BufferTooSmallException if the message is longer than what remains of the buffer,
     *     which stays as it was; so does the message, see above
     * @throws java.nio.ReadOnlyBufferException if the buffer is read-only; nothing was received
     */
    public int tryReceive(ByteBuffer target) {
        try {
            return poll(filler.into(target), 1, target.remaining()) > 0 ? filler.length() : -1;
        } finally {
            filler.forget();
        }
    }

    /**
     * Takes a message into a buffer, at its position, and waits for it if there is none.
     *
     * @param target where to put it; its position is behind the message then, and where it was if
     *     there is none
     * @return the message's length in bytes, or -1 at the end of the stream
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was
     *     received
     * @throws BufferTooSmallException if the message is longer than what remains of the buffer,
     *     which stays as it was; so does the message, see above
     * @throws java.nio.ReadOnlyBufferException if the buffer is read-only; nothing was received
     */
    public int receive(ByteBuffer target) throws InterruptedException {
        return receive(target, Waiter.NO_LIMIT);
    }

    /**
     * Takes a message into a buffer, at its position, and waits some time for it if there is none.
     *
     * @param target where to put it; its position is behind the message then, and where it was if
     *     there is none
     * @param timeout how long to wait at the most; zero or less does not wait
     * @return the message's length in bytes, or -1 if none came in that time, or {@link #ended}
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was
     *     received
     * @throws BufferTooSmallException if the message is longer than what remains of the buffer,
     *     which stays as it was; so does the message, see above
     * @throws java.nio.ReadOnlyBufferException if the buffer is read-only; nothing was received
     */
    public int receive(ByteBuffer target, Duration timeout) throws InterruptedException {
        return receive(target, Limit.nanos(timeout));
    }

    private int receive(ByteBuffer target, long nanos) throws InterruptedException {
        try {
            return receive(filler.into(target), 1, target.remaining(), nanos) > 0
                    ? filler.length()
                    : -1;
        } finally {
            filler.forget();
        }
    }

    /**
     * Whether the last call found the end of the stream: the sender had closed or died, and all
     * that it had sent was received. Should another sender attach later, messages arrive again, and
     * this is false again.
     *
     * @return whether it has ended
     */
    public boolean ended() {
        return ended;
    }

    /**
     * Breaks the pipe: what was not received is not read any more, and the sender gets a {@link
     * BrokenChannelException}. Closing twice is no error.
     *
     * @throws IllegalStateException if a handler of this receiver calls it; nothing was done
     */
    @Override
    public void close() {
        if (use.get(CALLER) == Thread.currentThread().threadId()) {
            throw inUse("close it");
        }
        end.close();
        dropped.clean();
    }

    boolean isClosed() {
        return end.attachment().isClosed();
    }

    void checkOpen() {
        end.attachment().checkOpen();
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
        return "PipeReceiver["
                + end.attachment().path()
                + (end.attachment().isClosed() ? ", closed" : ", position=" + lane.position())
                + (ended ? ", ended" : "")
                + "]";
    }
}
