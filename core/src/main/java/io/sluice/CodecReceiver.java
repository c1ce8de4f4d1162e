package io.sluice;

import io.sluice.wait.Occupancy;
import io.sluice.wait.Selectable;
import io.sluice.wait.WaitQueue;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * A receiver of objects from a pipe. The codec decodes each message in place.
 *
 * <p>Messages are received one at a time, also by {@link #poll}: its handler is called after the
 * message was received and its space released, so the handler may wait for the sender to proceed.
 *
 * <p>Guarantee: that of the pipe's end, if the codec is wait-free. One thread at a time may call
 * it.
 */
final class CodecReceiver<E> implements Receiver<E>, Selectable {
    private final Codec<E> codec;
    private final PipeReceiver receiver;
    private final MessageHandler decoder = this::decode;
    private E decoded;

    /** The id of the thread that is in {@link #poll}; 0 if none is. */
    private long poller;

    CodecReceiver(Codec<E> codec, PipeReceiver receiver) {
        this.codec = codec;
        this.receiver = Objects.requireNonNull(receiver, "receiver");
    }

    private void decode(MemorySegment memory, long offset, int length) {
        decoded =
                Objects.requireNonNull(
                        codec.decode(memory, offset, length), "the codec decoded to null");
    }

    @Override
    public E tryReceive() {
        checkNotInPoll();
        return take();
    }

    private E take() {
        takeDecoded(); // Discards the result of a failed call.
        receiver.poll(decoder, 1);
        return takeDecoded();
    }

    @Override
    public E receive() throws InterruptedException {
        checkNotInPoll();
        takeDecoded();
        receiver.receive(decoder, 1);
        return takeDecoded();
    }

    @Override
    public E receive(Duration timeout) throws InterruptedException {
        checkNotInPoll();
        takeDecoded();
        receiver.receive(decoder, 1, timeout);
        return takeDecoded();
    }

    /** Returns the object that the last call decoded, or null, and clears the reference to it. */
    private E takeDecoded() {
        E message = decoded;
        if (message != null) {
            decoded = null;
        }
        return message;
    }

    @Override
    public int poll(Consumer<? super E> handler, int limit) {
        Objects.requireNonNull(handler, "handler");
        if (limit < 0) {
            throw new IllegalArgumentException("limit=" + limit + " is negative");
        }
        receiver.checkOpen();
        checkNotInPoll();
        poller = Thread.currentThread().threadId();
        int count = 0;
        try {
            for (E message; count < limit && (message = take()) != null; count++) {
                handler.accept(message);
            }
        } finally {
            poller = 0;
        }
        return count;
    }

    @Override
    public void onReadable(Executor executor, Runnable task) {
        checkNotInPoll();
        receiver.onReadable(executor, task);
    }

    /** Throws if a handler calls, or another thread while {@link #poll} runs. */
    private void checkNotInPoll() {
        if (poller != 0) {
            throw Occupancy.inUse(poller, "receive from it");
        }
    }

    @Override
    public long lost() {
        return receiver.lost();
    }

    @Override
    public boolean isEndOfStream() {
        receiver.checkOpen();
        return receiver.isEndOfStream();
    }

    @Override
    public WaitQueue waitQueue() {
        return receiver.waitQueue();
    }

    @Override
    public boolean ready() {
        return receiver.isReady();
    }

    /** Does nothing: the end passes its wake-up on when the select stops waiting for it. */
    @Override
    public void passWakeup() {}

    @Override
    public void close() {
        if (poller == Thread.currentThread().threadId()) {
            throw Occupancy.inUse(poller, "close it");
        }
        receiver.close();
    }

    @Override
    public String toString() {
        return receiver.toString();
    }
}
