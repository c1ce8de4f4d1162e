package io.sluice;

import io.sluice.wait.Waiter;
import java.time.Duration;
import java.util.Objects;

/**
 * Sends objects from one node to another, written in place by a codec.
 *
 * @param <E> the type of the objects
 */
final class NodeSender<E> implements Sender<E> {
    private final Node node;
    private final String to;
    private final Codec<E> codec;

    NodeSender(Node node, String to, Codec<E> codec) {
        this.node = node;
        this.to = Objects.requireNonNull(to, "to");
        this.codec = Objects.requireNonNull(codec, "codec");
    }

    @Override
    public boolean trySend(E message) {
        Claim filled = CodecSender.filled(codec, message, node.tryClaim(to, length(message)));
        return filled != null && filled.tryCommit();
    }

    @Override
    public void send(E message) throws InterruptedException {
        CodecSender.filled(codec, message, node.claim(to, length(message)))
                .commit(Waiter.NO_TIMEOUT);
    }

    @Override
    public boolean send(E message, Duration timeout) throws InterruptedException {
        Claim filled = CodecSender.filled(codec, message, node.claim(to, length(message), timeout));
        return filled != null && filled.tryCommit();
    }

    private int length(E message) {
        return codec.length(Objects.requireNonNull(message, "message"));
    }

    @Override
    public void close() {
        // The link is the node's.
    }

    @Override
    public String toString() {
        return node + " to " + to;
    }
}
