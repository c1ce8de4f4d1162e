package io.sluice.aeron;

import io.aeron.Aeron;
import io.aeron.ControlledFragmentAssembler;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.Header;
import io.sluice.ControlledMessageHandler;
import io.sluice.MessageHandler;
import io.sluice.wait.Deadline;
import io.sluice.wait.Occupancy;
import io.sluice.wait.Waiter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Objects;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.IdleStrategy;

/**
 * A receiving end of an Aeron stream, with the calls of {@link io.sluice.PipeReceiver}: {@link
 * AeronChannels} opens it. Handlers get messages in place, in the memory that Aeron received them
 * into; those of several datagrams are put together in memory of this end.
 *
 * <p>The <em>end of the stream</em> is what the senders have announced: every sender that was
 * connected has closed its end, or its media driver has closed it after the death of its process,
 * and every message was received. If another sender connects later, messages can arrive again. A
 * sender that vanishes without that, with its media driver, its machine or the network, is not an
 * end: this end throws {@link PeerLostException}, once, after the messages that had arrived.
 *
 * <p>If a handler throws, the exception propagates to the caller, and that message counts as
 * received. A handler must neither receive from the receiver that called it nor close it: that
 * throws {@link IllegalStateException} before it has any effect. Every method but {@link #close}
 * throws {@link IllegalStateException} after {@link #close}, and {@link PeerLostException} after
 * the media driver of this machine has vanished.
 *
 * <p>Receiving allocates nothing, except for memory for the longest message of several datagrams.
 * Belongs to one thread at a time. Another thread may {@link #close} it during {@code receive} and
 * {@code awaitSender}, which then throw {@link IllegalStateException} and have received nothing, or
 * complete.
 */
public final class AeronReceiver implements AutoCloseable {
    private final Aeron aeron;
    private final Peers peers;
    private final Subscription subscription;
    private final Waiter waiter;
    private final Occupancy occupancy = new Occupancy(this::leave, this::closed);
    private final BufferSegments segments = new BufferSegments(true);
    private final FragmentAssembler assembler =
            new FragmentAssembler(this::onMessage, 0, true); // Direct: codecs read aligned words.
    private final ControlledFragmentAssembler controlledAssembler =
            new ControlledFragmentAssembler(this::onControlledMessage, 0, true);
    private final MessageHandler copier = this::copy;
    private MessageHandler handler;
    private ControlledMessageHandler controlledHandler;
    private byte[] copied;

    /** The number of messages that the current call has passed to its handler. */
    private int count;

    private boolean stopped;

    /** The id of the thread that is in a poll; 0 if none is. */
    private long caller;

    AeronReceiver(Aeron aeron, String channel, int stream, IdleStrategy idle) {
        this.aeron = aeron;
        this.waiter = Waiter.idle(idle);
        this.peers = new Peers("AeronReceiver[" + channel + ", stream=" + stream + "]");
        this.subscription =
                aeron.addSubscription(channel, stream, peers::onAvailable, peers::onUnavailable);
    }

    /** An exception of a handler, which passes Aeron's loop: that catches exceptions. */
    private static final class HandlerError extends Error {
        private static final long serialVersionUID = 1L;

        HandlerError(RuntimeException cause) {
            super(null, cause, false, false);
        }
    }

    private void onMessage(DirectBuffer buffer, int offset, int length, Header header) {
        count++;
        long begin = buffer.wrapAdjustment() + (long) offset;
        try {
            handler.onMessage(segments.of(buffer), begin, length);
        } catch (RuntimeException e) {
            throw new HandlerError(e);
        }
    }

    private ControlledFragmentHandler.Action onControlledMessage(
            DirectBuffer buffer, int offset, int length, Header header) {
        long begin = buffer.wrapAdjustment() + (long) offset;
        ControlledMessageHandler.Action action;
        try {
            action = controlledHandler.onMessage(segments.of(buffer), begin, length);
            Objects.requireNonNull(action, "the handler returned null");
        } catch (RuntimeException e) {
            count++;
            throw new HandlerError(e);
        }
        stopped =
                action == ControlledMessageHandler.Action.ABORT
                        || action == ControlledMessageHandler.Action.BREAK;
        if (action != ControlledMessageHandler.Action.ABORT) {
            count++;
        }
        return switch (action) {
            case ABORT -> ControlledFragmentHandler.Action.ABORT;
            case BREAK -> ControlledFragmentHandler.Action.BREAK;
            case COMMIT -> ControlledFragmentHandler.Action.COMMIT;
            case CONTINUE -> ControlledFragmentHandler.Action.CONTINUE;
        };
    }

    private void copy(MemorySegment memory, long offset, int length) {
        byte[] message = new byte[length];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, message, 0, length);
        copied = message;
    }

    private byte[] takeCopied() {
        byte[] message = copied;
        copied = null;
        return message;
    }

    /**
     * Passes available messages to a handler. Does not wait.
     *
     * @param handler the handler, called for each message; those of one sender in order
     * @param limit the largest number of messages; 0 passes none
     * @return the number of messages; 0 if there is none now, or the stream has {@link
     *     #isEndOfStream}
     * @throws IllegalArgumentException if the limit is negative
     * @throws IllegalStateException if a handler of this receiver calls it
     * @throws PeerLostException if a sender has vanished
     */
    public int poll(MessageHandler handler, int limit) {
        Objects.requireNonNull(handler, "handler");
        begin(limit);
        this.handler = handler;
        try {
            int fragments;
            do {
                int before = count;
                fragments = limit == 0 ? 0 : subscription.poll(assembler, limit - count);
                if (fragments == count - before) {
                    break; // No message is incomplete.
                }
            } while (count < limit && fragments > 0);
            return end();
        } catch (HandlerError e) {
            throw (RuntimeException) e.getCause();
        } finally {
            caller = 0;
        }
    }

    /**
     * Passes available messages to a handler that decides after each one whether the call goes on,
     * and whether the message was received. Does not wait.
     *
     * @param handler the handler, called for each message; those of one sender in order
     * @param limit the largest number of messages; 0 passes none
     * @return the number of messages received, without one that was aborted; 0 also if there is
     *     none now, or the stream has {@link #isEndOfStream}
     * @throws IllegalArgumentException if the limit is negative
     * @throws IllegalStateException if a handler of this receiver calls it
     * @throws PeerLostException if a sender has vanished
     */
    public int controlledPoll(ControlledMessageHandler handler, int limit) {
        Objects.requireNonNull(handler, "handler");
        begin(limit);
        this.controlledHandler = handler;
        stopped = false;
        try {
            int fragments;
            do {
                int before = count;
                fragments =
                        limit == 0
                                ? 0
                                : subscription.controlledPoll(controlledAssembler, limit - count);
                if (fragments == count - before) {
                    break;
                }
            } while (count < limit && fragments > 0 && !stopped);
            return stopped ? count : end();
        } catch (HandlerError e) {
            throw (RuntimeException) e.getCause();
        } finally {
            caller = 0;
        }
    }

    private void begin(int limit) {
        if (caller != 0) {
            throw Occupancy.inUse(caller, "receive from it");
        }
        if (limit < 0) {
            throw new IllegalArgumentException("limit=" + limit + " is negative");
        }
        caller = Thread.currentThread().threadId();
        count = 0;
    }

    /** Returns the number of messages, after a call that the handler has not stopped. */
    private int end() {
        if (count > 0) {
            return count;
        }
        checkOpen();
        if (subscription.isClosed()) {
            throw new PeerLostException(
                    "the media driver of "
                            + this
                            + " has vanished, or gave this client up after a pause; connect a new"
                            + " Aeron client");
        }
        if (peers.hasChanged()) {
            onPeersChanged();
        }
        return 0;
    }

    private void onPeersChanged() {
        peers.beginChange();
        for (Integer session = peers.pollGone(); session != null; session = peers.pollGone()) {
            assembler.freeSessionBuffer(session);
            controlledAssembler.freeSessionBuffer(session);
            segments.clear();
        }
        peers.throwLost();
    }

    /**
     * Passes messages to a handler, and blocks while there is none.
     *
     * @param handler the handler, called for each message
     * @param limit the largest number of messages, at least 1
     * @return the number of messages, or -1 at the end of the stream
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was
     *     received
     * @throws PeerLostException if a sender has vanished
     */
    public int receive(MessageHandler handler, int limit) throws InterruptedException {
        return receive(handler, limit, Waiter.NO_TIMEOUT);
    }

    /**
     * Passes messages to a handler, and blocks up to a timeout while there is none.
     *
     * @param handler the handler, called for each message
     * @param limit the largest number of messages, at least 1
     * @param timeout the longest time to wait; zero or less does not wait
     * @return the number of messages, 0 if none came in that time, or -1 at the end of the stream
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was
     *     received
     * @throws PeerLostException if a sender has vanished
     */
    public int receive(MessageHandler handler, int limit, Duration timeout)
            throws InterruptedException {
        return receive(handler, limit, Deadline.nanos(timeout));
    }

    private int receive(MessageHandler handler, int limit, long nanos) throws InterruptedException {
        if (limit < 1) {
            throw new IllegalArgumentException("limit=" + limit + " is not at least 1");
        }
        boolean entered = occupancy.enter();
        try {
            int received = poll(handler, limit);
            return received > 0 ? received : await(handler, limit, nanos);
        } finally {
            occupancy.exit(entered);
        }
    }

    private int await(MessageHandler handler, int limit, long nanos) throws InterruptedException {
        if (peers.haveEnded()) {
            return -1;
        }
        waiter.start(nanos);
        try {
            while (true) {
                boolean more = waiter.pause();
                checkOpen();
                int received = poll(handler, limit);
                if (received > 0) {
                    return received;
                }
                if (peers.haveEnded()) {
                    return -1;
                }
                if (!more) {
                    return 0;
                }
            }
        } finally {
            waiter.stop();
        }
    }

    /**
     * Receives a message if there is one. Does not wait. Allocates a copy.
     *
     * @return the message, or null if there is none now, or the stream has {@link #isEndOfStream}
     * @throws PeerLostException if a sender has vanished
     */
    public byte[] tryReceive() {
        takeCopied();
        poll(copier, 1);
        return takeCopied();
    }

    /**
     * Receives a message, and blocks while there is none. Allocates a copy.
     *
     * @return the message, or null at the end of the stream
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was
     *     received
     * @throws PeerLostException if a sender has vanished
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
     * @throws PeerLostException if a sender has vanished
     */
    public byte[] receive(Duration timeout) throws InterruptedException {
        takeCopied();
        receive(copier, 1, timeout);
        return takeCopied();
    }

    /**
     * Waits up to a timeout for a sender to connect.
     *
     * @param timeout the longest time to wait; zero or less does not wait
     * @return whether a sender is connected
     * @throws InterruptedException if this thread is interrupted while it waits
     */
    public boolean awaitSender(Duration timeout) throws InterruptedException {
        long nanos = Deadline.nanos(timeout);
        boolean entered = occupancy.enter();
        try {
            waiter.start(nanos);
            try {
                while (!subscription.isConnected()) {
                    checkOpen();
                    if (!waiter.pause()) {
                        return subscription.isConnected();
                    }
                }
                return true;
            } finally {
                waiter.stop();
            }
        } finally {
            occupancy.exit(entered);
        }
    }

    /**
     * Tests whether the last call found the end of the stream: every sender had closed, and every
     * message was received. If another sender connects later, messages can arrive again, and a call
     * that receives one makes this false again.
     *
     * @return whether the stream had ended
     */
    public boolean isEndOfStream() {
        return count == 0 && peers.haveEnded();
    }

    /**
     * Returns how many bytes of the stream this receiver has lost, because it was too slow for the
     * sender of a multicast with {@code fc=max}, or because it lost a sender and found it again
     * while that sent on.
     *
     * @return the number of bytes, including the overhead of each message, exact once it receives
     *     again
     */
    public long lostBytes() {
        return peers.lostBytes();
    }

    /**
     * Closes this end. After the last receiver has closed, the senders' next calls find the stream
     * broken, as soon as Aeron has told them. Closing twice has no effect.
     *
     * @throws IllegalStateException if a handler of this receiver calls it; the call has no effect
     *     then
     */
    @Override
    public void close() {
        if (caller == Thread.currentThread().threadId()) {
            throw Occupancy.inUse(caller, "close it");
        }
        occupancy.close();
    }

    private void leave() {
        if (!aeron.isClosed()) {
            subscription.close();
        }
    }

    void checkOpen() {
        if (occupancy.isClosing()) {
            throw closed();
        }
    }

    private IllegalStateException closed() {
        return new IllegalStateException(this + " is closed");
    }

    @Override
    public String toString() {
        return "AeronReceiver["
                + subscription.channel()
                + ", stream="
                + subscription.streamId()
                + (isEndOfStream() ? ", ended" : "")
                + "]";
    }
}
