package io.sluice.aeron;

import io.sluice.Codec;
import io.sluice.Sender;
import io.sluice.wait.Deadline;
import io.sluice.wait.Waiter;
import java.time.Duration;
import java.util.Objects;

/**
 * A sender of objects through a stream. It calls the codec to fill a claim, or, for a message of
 * several datagrams, memory that is then sent. What the codec does not fill is not sent.
 *
 * <p>One thread at a time.
 */
final class ObjectSender<E> implements Sender<E> {
    private final Codec<E> codec;
    private final AeronSender sender;

    ObjectSender(Codec<E> codec, AeronSender sender) {
        this.codec = codec;
        this.sender = sender;
    }

    @Override
    public boolean trySend(E message) {
        int length = codec.length(Objects.requireNonNull(message, "message"));
        return length > sender.maxClaimLength()
                ? trySendParts(message, length)
                : trySendClaimed(message, length);
    }

    private boolean trySendClaimed(E message, int length) {
        AeronClaim claim = sender.tryClaim(length);
        if (claim == null) {
            return false;
        }
        try {
            check(codec.encode(message, claim.base(), claim.offset()), length);
        } catch (RuntimeException | Error e) {
            claim.abort();
            throw e;
        }
        claim.commit();
        return true;
    }

    private boolean trySendParts(E message, int length) {
        check(codec.encode(message, sender.parts(length), 0), length);
        return sender.tryOffer(length);
    }

    private static void check(int written, int length) {
        if (written != length) {
            throw new IllegalStateException(
                    "the codec wrote %s bytes, and had said %s: its length and encode must agree"
                            .formatted(written, length));
        }
    }

    @Override
    public void send(E message) throws InterruptedException {
        send(message, Waiter.NO_TIMEOUT);
    }

    @Override
    public boolean send(E message, Duration timeout) throws InterruptedException {
        return send(message, Deadline.nanos(timeout));
    }

    private boolean send(E message, long nanos) throws InterruptedException {
        boolean entered = sender.enter();
        try {
            return trySend(message) || sender.await(() -> trySend(message), nanos);
        } finally {
            sender.exit(entered);
        }
    }

    @Override
    public void close() {
        sender.close();
    }

    @Override
    public String toString() {
        return sender.toString();
    }
}
