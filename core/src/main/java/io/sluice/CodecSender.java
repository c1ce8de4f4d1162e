package io.sluice;

import io.sluice.memory.MappingFault;
import io.sluice.wait.Selectable;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.time.Duration;
import java.util.Objects;

/**
 * A sender of objects through a pipe. It claims room of the length that the codec returns, calls
 * the codec to fill it, and commits. A claim that the codec does not fill is aborted, so no failure
 * leaves one active.
 *
 * <p>Guarantee: that of the pipe's end, if the codec is wait-free. One thread at a time may call
 * it.
 */
final class CodecSender<E> implements Sender<E>, Selectable {
    private static final int NONE = -1;

    private final Codec<E> codec;
    private final PipeSender sender;

    /** The length of the last message that found no room, until there is room for it, or NONE. */
    private int refused = NONE;

    CodecSender(Codec<E> codec, PipeSender sender) {
        this.codec = codec;
        this.sender = Objects.requireNonNull(sender, "sender");
    }

    @Override
    public boolean trySend(E message) {
        int length = length(message);
        Claim claim = sender.tryClaim(length);
        if (claim == null) {
            refused = length;
            return false;
        }
        return filled(codec, message, claim).tryCommit();
    }

    @Override
    public void send(E message) throws InterruptedException {
        filled(codec, message, sender.claim(length(message))).commit(Waiter.NO_TIMEOUT);
    }

    @Override
    public boolean send(E message, Duration timeout) throws InterruptedException {
        Claim filled = filled(codec, message, sender.claim(length(message), timeout));
        return filled != null && filled.commit(timeout);
    }

    private int length(E message) {
        return codec.length(Objects.requireNonNull(message, "message"));
    }

    /** Writes a message to what is claimed for it; returns null if nothing is. */
    static <E> Claim filled(Codec<E> codec, E message, Claim claim) {
        if (claim == null) {
            return null;
        }
        try {
            int written = codec.encode(message, claim.base(), claim.offset());
            if (!claim.isActive()) {
                throw new IllegalStateException(
                        "the sender was closed while the codec's encode wrote a message for it: by"
                                + " encode, or by another thread; nothing was sent");
            }
            if (written != claim.length()) {
                throw new IllegalStateException(
                        "the codec wrote %s bytes, and had said %s: its length and encode must agree"
                                .formatted(written, claim.length()));
            }
            MappingFault.poll(); // A pending InternalError must be thrown here.
        } catch (RuntimeException | Error e) {
            throw claim.isActive() ? claim.abort(e) : MappingFault.translate(e);
        }
        return claim;
    }

    @Override
    public WaitQueue waitQueue() {
        return sender.waitQueue();
    }

    /**
     * Tests whether there is room for a message as long as the last one that found none. The length
     * of the next message is not known before; so after a message was sent, the next one is tried.
     */
    @Override
    public boolean ready() {
        if (refused == NONE) {
            return true;
        }
        Claim room = sender.tryClaim(refused);
        if (room == null) {
            return false;
        }
        room.abort();
        refused = NONE;
        return true;
    }

    /** Does nothing: no other end waits for the room of this one. */
    @Override
    public void passWakeup() {}

    @Override
    public void close() {
        sender.close();
    }

    @Override
    public String toString() {
        return sender.toString();
    }
}
