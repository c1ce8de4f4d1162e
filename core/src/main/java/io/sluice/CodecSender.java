package io.sluice;

import java.time.Duration;
import java.util.Objects;

/**
 * Sends objects through a pipe: claims a message of the length that the codec says, lets it write
 * there, and commits. A claim that the codec does not fill is aborted, so no failure leaves one
 * open.
 *
 * <p>Guarantee: that of the pipe's end, if the codec is wait-free. One thread at a time.
 */
final class CodecSender<E> implements Sender<E> {
    private final Codec<E> codec;
    private final PipeSender sender;

    CodecSender(Codec<E> codec, PipeSender sender) {
        this.codec = codec;
        this.sender = Objects.requireNonNull(sender, "sender");
    }

    @Override
    public boolean trySend(E message) {
        return fill(message, sender.tryClaim(length(message)));
    }

    @Override
    public void send(E message) throws InterruptedException {
        fill(message, sender.claim(length(message)));
    }

    @Override
    public boolean send(E message, Duration timeout) throws InterruptedException {
        return fill(message, sender.claim(length(message), timeout));
    }

    private int length(E message) {
        return codec.length(Objects.requireNonNull(message, "message"));
    }

    private boolean fill(E message, Claim claim) {
        if (claim == null) {
            return false;
        }
        boolean filled = false;
        try {
            int written = codec.encode(message, claim.base(), claim.offset());
            if (written != claim.length()) {
                throw new IllegalStateException(
                        "the codec wrote "
                                + written
                                + " bytes, and had said "
                                + claim.length()
                                + ": its length and encode must agree");
            }
            filled = true;
        } finally {
            if (!filled) {
                claim.abort();
            }
        }
        claim.commit();
        return true;
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
