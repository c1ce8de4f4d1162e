package io.sluice.agrona;

import io.sluice.MessageHandler;
import io.sluice.PipeReceiver;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;

/**
 * The receiving end of a pipe, for handlers of {@link org.agrona.DirectBuffer}s: messages are
 * handed out where they lie. Nothing is copied, and nothing allocated.
 *
 * <p>What it promises and throws is what {@link PipeReceiver} does. Belongs to one thread at a
 * time.
 */
public final class DirectBufferReceiver implements AutoCloseable {
    private final PipeReceiver receiver;
    private final BufferView view;
    private final MessageHandler adapter = this::onMessage;
    private DirectBufferHandler handler;

    /**
     * The same end, with buffers.
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

    private void adapt(DirectBufferHandler next) {
        Objects.requireNonNull(next, "handler");
        if (next != handler) { // Written only when it changes: its line may be others' too.
            handler = next;
        }
    }

    /**
     * Hands out messages that are there.
     *
     * @param handler is handed each message, in order
     * @param limit how many at the most, at least 1
     * @return how many; 0 if there is none now, or {@link #ended}
     * @throws io.sluice.ChannelCorruptedException if the pipe holds something that no sender wrote
     */
    public int poll(DirectBufferHandler handler, int limit) {
        DirectBufferHandler before = this.handler;
        adapt(handler);
        try {
            return receiver.poll(adapter, limit);
        } catch (IllegalStateException e) { // If a handler called this, its batch goes on.
            this.handler = before;
            throw e;
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
     * @throws io.sluice.ChannelCorruptedException if the pipe holds something that no sender wrote
     */
    public int receive(DirectBufferHandler handler, int limit) throws InterruptedException {
        DirectBufferHandler before = this.handler;
        adapt(handler);
        try {
            return receiver.receive(adapter, limit);
        } catch (IllegalStateException e) { // As in poll.
            this.handler = before;
            throw e;
        }
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
     * @throws io.sluice.ChannelCorruptedException if the pipe holds something that no sender wrote
     */
    public int receive(DirectBufferHandler handler, int limit, Duration timeout)
            throws InterruptedException {
        DirectBufferHandler before = this.handler;
        adapt(handler);
        try {
            return receiver.receive(adapter, limit, timeout);
        } catch (IllegalStateException e) { // As in poll.
            this.handler = before;
            throw e;
        }
    }

    /**
     * Whether the last call found the end of the stream.
     *
     * @return what {@link PipeReceiver#ended} says
     */
    public boolean ended() {
        return receiver.ended();
    }

    /** Closes the pipe's end. Closing twice is no error. */
    @Override
    public void close() {
        receiver.close();
    }

    @Override
    public String toString() {
        return receiver.toString();
    }
}
