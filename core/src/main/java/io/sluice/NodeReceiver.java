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
 * Receives objects at a node, from one node or from all, read in place by a codec.
 *
 * @param <E> the type of the objects
 */
final class NodeReceiver<E> implements Receiver<E>, Selectable {
    private final Node node;

    /** Null for all. */
    private final String from;

    private final Codec<E> codec;
    private final NodeHandler decoder = this::decode;
    private E decoded;

    /** The id of the thread that is in {@link #poll}; 0 if none is. */
    private long poller;

    NodeReceiver(Node node, String from, Codec<E> codec) {
        this.node = node;
        this.from = from;
        this.codec = Objects.requireNonNull(codec, "codec");
    }

    private void decode(NodeMessage message, MemorySegment memory, long offset, int length) {
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
        decoded = null; // The result of a failed call.
        if (from == null) {
            node.poll(decoder, 1);
        } else {
            node.poll(from, decoder, 1);
        }
        return takeDecoded();
    }

    @Override
    public E receive() throws InterruptedException {
        checkNotInPoll();
        decoded = null;
        if (from == null) {
            node.receive(decoder, 1);
        } else {
            node.receive(from, decoder, 1);
        }
        return takeDecoded();
    }

    @Override
    public E receive(Duration timeout) throws InterruptedException {
        checkNotInPoll();
        decoded = null;
        if (from == null) {
            node.receive(decoder, 1, timeout);
        } else {
            node.receive(from, decoder, 1, timeout);
        }
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
        if (from != null) {
            throw new UnsupportedOperationException(
                    "a wait for the messages of one node: use a receiver of all, or receive()");
        }
        node.onReadable(executor, task);
    }

    @Override
    public WaitQueue waitQueue() {
        return node.waitQueue();
    }

    @Override
    public boolean ready() {
        return node.isReady(from) || node.isPollDue();
    }

    /** Does nothing: an inbox has one receiver. */
    @Override
    public void passWakeup() {}

    private void checkNotInPoll() {
        if (poller != 0) {
            throw Occupancy.inUse(poller, "receive from it");
        }
    }

    @Override
    public boolean isEndOfStream() {
        return false; // Another node may come at any time.
    }

    @Override
    public void close() {
        if (poller == Thread.currentThread().threadId()) {
            throw Occupancy.inUse(poller, "close it");
        }
        // The inbox is the node's.
    }

    @Override
    public String toString() {
        return node + " from " + (from == null ? "all" : from);
    }
}
