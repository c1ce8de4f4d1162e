package io.sluice.agrona;

import io.sluice.MessageHandler;
import io.sluice.PipeReceiver;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;

/**
 * The receiving end of a pipe, for handlers of {@link org.agrona.DirectBuffer}s, which get the
 * messages in place. It copies and allocates nothing.
 *
 * <p>Its guarantees and exceptions are those of {@link PipeReceiver}. Belongs to one thread at a
 * time.
 */
public final class DirectBufferReceiver implements AutoCloseable {
    private final PipeReceiver receiver;
    private final BufferView view;
    private final MessageHandler adapter = this::onMessage;
    private DirectBufferHandler handler;

    /**
     * Creates a receiver over a pipe's end.
     *
     * @param receiver the pipe's end, which {@link #close} closes
     * @throws IllegalStateException if the JVM lacks the flag that Agrona needs; the message names
     *     it
     */
    public DirectBufferReceiver(PipeReceiver receiver) {
        AgronaFlag.require();
        this.receiver = Objects.requireNonNull(receiver, "receiver");
        this.view = new BufferView();
    }

    private void onMessage(MemorySegment memory, long offset, int length) {
        handler.onMessage(view.of(memory), (int) offset, length);
    }

    /** Sets the handler, and returns the one before. */
    private DirectBufferHandler setHandler(DirectBufferHandler next) {
        DirectBufferHandler before = handler;
        if (Objects.requireNonNull(next, "handler") != before) { // Writes its line only on change.
            handler = next;
        }
        return before;
    }

    /** Restores the handler of a batch whose handler called this receiver: the batch continues. */
    private IllegalStateException refused(DirectBufferHandler before, IllegalStateException e) {
        handler = before;
        return e;
    }

    /**
     * Passes the messages that are there to a handler.
     *
     * @param handler the handler, which gets each message, in order
     * @param limit the maximum number of messages, at least 1
     * @return the number of messages; 0 if there is none now, or {@link #isEndOfStream}
     * @throws io.sluice.ChannelCorruptedException if the pipe holds data that no sender wrote
     */
    public int poll(DirectBufferHandler handler, int limit) {
        DirectBufferHandler before = setHandler(handler);
        try {
            return receiver.poll(adapter, limit);
        } catch (IllegalStateException e) {
            throw refused(before, e);
        }
    }

    /**
     * Passes messages to a handler, and waits for the first one if there is none.
     *
     * @param handler the handler, which gets each message, in order
     * @param limit the maximum number of messages, at least 1
     * @return the number of messages, or -1 at the end of the stream
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was
     *     received
     * @throws io.sluice.ChannelCorruptedException if the pipe holds data that no sender wrote
     */
    public int receive(DirectBufferHandler handler, int limit) throws InterruptedException {
        DirectBufferHandler before = setHandler(handler);
        try {
            return receiver.receive(adapter, limit);
        } catch (IllegalStateException e) {
            throw refused(before, e);
        }
    }

    /**
     * Passes messages to a handler, and waits up to a timeout for the first one if there is none.
     *
     * @param handler the handler, which gets each message, in order
     * @param limit the maximum number of messages, at least 1
     * @param timeout the maximum time to wait; zero or less does not wait
     * @return the number of messages, 0 if none came within the timeout, or -1 at the end of the
     *     stream
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was
     *     received
     * @throws io.sluice.ChannelCorruptedException if the pipe holds data that no sender wrote
     */
    public int receive(DirectBufferHandler handler, int limit, Duration timeout)
            throws InterruptedException {
        DirectBufferHandler before = setHandler(handler);
        try {
            return receiver.receive(adapter, limit, timeout);
        } catch (IllegalStateException e) {
            throw refused(before, e);
        }
    }

    /**
     * Tests whether the last call found the end of the stream.
     *
     * @return the result of {@link PipeReceiver#isEndOfStream}
     */
    public boolean isEndOfStream() {
        return receiver.isEndOfStream();
    }

    /** Closes the pipe's end. Closing twice has no effect. */
    @Override
    public void close() {
        receiver.close();
    }

    @Override
    public String toString() {
        return receiver.toString();
    }
}
