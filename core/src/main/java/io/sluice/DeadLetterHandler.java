package io.sluice;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * A handler that gives a message up which was handed out too often: receivers died with it, time
 * after time. Such a message goes to a sink, such as a second pipe, with the number of its earlier
 * deliveries, and counts as received. If the sink has no room, the message is aborted: it stays in
 * the pipe, and comes again with the next poll; nothing is lost. For {@link
 * PipeReceiver#controlledPoll}:
 *
 * <pre>{@code
 * ControlledMessageHandler handler = new DeadLetterHandler(
 *         receiver, 3, orders::handle, deadLetters);
 * receiver.controlledPoll(handler, 1);
 * }</pre>
 *
 * <p>A receiver that dies between giving a message to the sink and receiving it gives it to the
 * sink again. If a pipe has one receiver, a message that the sink does not take is handed out
 * before all later ones, so that these wait. The number of earlier deliveries is that of {@link
 * PipeReceiver#deliveryAttempt}; with a limit of more than 1, messages of one batch count together.
 *
 * <p>Used by the thread of its receiver. Allocates nothing.
 */
public final class DeadLetterHandler implements ControlledMessageHandler {
    /** The length of what is sent before a message that was given up, in bytes. */
    public static final int HEADER_LENGTH = Long.BYTES;

    /** Takes messages that were given up. */
    @FunctionalInterface
    public interface Sink {
        /**
         * Takes a message. If it throws, the message counts as received, as for any handler.
         *
         * @param memory the memory that contains the message; do not write to it
         * @param offset the message's offset in the memory, in bytes
         * @param length the message's length, in bytes
         * @param attempts how often it was handed out before, 15 for 15 or more
         * @return whether it was taken; if not, it stays in the pipe
         */
        boolean take(MemorySegment memory, long offset, int length, int attempts);
    }

    private final PipeReceiver receiver;
    private final int maxAttempts;
    private final MessageHandler handler;
    private final Sink sink;

    /**
     * Creates a handler for one receiver.
     *
     * @param receiver the receiver that calls this handler; its pipe delivers {@link
     *     Delivery#AT_LEAST_ONCE}
     * @param maxAttempts how often a message is handed out, 1 to 15
     * @param handler the handler of all other messages
     * @param sink what takes the messages that were handed out that often
     * @throws IllegalArgumentException if the number is not 1 to 15
     */
    public DeadLetterHandler(
            PipeReceiver receiver, int maxAttempts, MessageHandler handler, Sink sink) {
        if (maxAttempts < 1 || maxAttempts > 15) {
            throw new IllegalArgumentException("maxAttempts=" + maxAttempts + " is not in 1..15");
        }
        this.receiver = Objects.requireNonNull(receiver, "receiver");
        this.maxAttempts = maxAttempts;
        this.handler = Objects.requireNonNull(handler, "handler");
        this.sink = Objects.requireNonNull(sink, "sink");
    }

    /**
     * Creates a handler that sends the messages that it gives up to a pipe: the number of earlier
     * deliveries, as a {@code long} in native byte order, and then the message. If that pipe is
     * full, or all its receivers have left, they stay in their own.
     *
     * @param receiver the receiver that calls this handler; its pipe delivers {@link
     *     Delivery#AT_LEAST_ONCE}
     * @param maxAttempts how often a message is handed out, 1 to 15
     * @param handler the handler of all other messages
     * @param deadLetters an open sender of the other pipe, used by the receiver's thread
     * @throws IllegalArgumentException if the number is not 1 to 15, or the other pipe does not
     *     carry messages of {@link #HEADER_LENGTH} bytes more than the receiver's
     */
    public DeadLetterHandler(
            PipeReceiver receiver,
            int maxAttempts,
            MessageHandler handler,
            PipeSender deadLetters) {
        this(receiver, maxAttempts, handler, sink(deadLetters));
        int needed = HEADER_LENGTH + receiver.pipe().maxMessageLength();
        if (deadLetters.maxMessageLength() < needed) {
            throw new IllegalArgumentException(
                    "the pipe of dead letters carries messages of up to "
                            + deadLetters.maxMessageLength()
                            + " bytes, and needs to carry "
                            + needed
                            + ": make it with a larger capacity");
        }
    }

    private static Sink sink(PipeSender sender) {
        Objects.requireNonNull(sender, "deadLetters");
        return (memory, offset, length, attempts) -> {
            try {
                Claim claim = sender.tryClaim(HEADER_LENGTH + length);
                if (claim == null) {
                    return false;
                }
                long header = claim.offset();
                claim.base().set(ValueLayout.JAVA_LONG_UNALIGNED, header, attempts);
                MemorySegment.copy(memory, offset, claim.base(), header + HEADER_LENGTH, length);
                return claim.tryCommit();
            } catch (BrokenChannelException e) {
                return false; // Else the message would be lost.
            }
        };
    }

    @Override
    public Action onMessage(MemorySegment memory, long offset, int length) {
        int attempts = receiver.deliveryAttempt();
        if (attempts < maxAttempts) {
            handler.onMessage(memory, offset, length);
            return Action.CONTINUE;
        }
        return sink.take(memory, offset, length, attempts) ? Action.CONTINUE : Action.ABORT;
    }
}
