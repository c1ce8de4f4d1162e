package io.sluice.aeron;

import io.sluice.Codec;
import io.sluice.MessageHandler;
import io.sluice.Receiver;
import io.sluice.wait.Occupancy;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A receiver of objects from a stream. The codec decodes each message in place; a handler is called
 * after the message was received, one at a time.
 *
 * <p>One thread at a time.
 */
final class ObjectReceiver<E> implements Receiver<E> {
    private final Codec<E> codec;
    private final AeronReceiver receiver;
    private final MessageHandler decoder = this::decode;
    private E decoded;

    /** The id of the thread that is in {@link #poll}; 0 if none is. */
    private long poller;

    ObjectReceiver(Codec<E> codec, AeronReceiver receiver) {
        this.codec = codec;
        this.receiver = receiver;
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

    private E takeDecoded() {
        E message = decoded;
        decoded = null;
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

    private void checkNotInPoll() {
        if (poller != 0) {
            throw Occupancy.inUse(poller, "receive from it");
        }
    }

    /** Returns 0: what a stream loses is counted in bytes, see {@link AeronReceiver#lostBytes}. */
    @Override
    public long lost() {
        return 0;
    }

    @Override
    public boolean isEndOfStream() {
        receiver.checkOpen();
        return receiver.isEndOfStream();
    }

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
