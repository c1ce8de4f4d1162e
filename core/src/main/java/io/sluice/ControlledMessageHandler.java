package io.sluice;

import java.lang.foreign.MemorySegment;

/**
 * A handler of messages of a pipe, in place, that decides after each message how to go on. The
 * actions are those of Agrona's and Aeron's handlers of this name.
 */
@FunctionalInterface
public interface ControlledMessageHandler {
    /** What to do after a message. */
    enum Action {
        /**
         * Ends the call. The message does not count as received: the next call finds it again, with
         * an unchanged {@link PipeReceiver#deliveryAttempt}. If the pipe has several receivers,
         * another one may receive it first.
         */
        ABORT,

        /** Ends the call; the message is received. */
        BREAK,

        /** Continues; the space of the messages so far is returned to the sender at once. */
        COMMIT,

        /** Continues; the space is returned with that of the batch. */
        CONTINUE
    }

    /**
     * Handles one message, as {@link MessageHandler#onMessage}.
     *
     * @param memory the memory that contains the message; do not write to it
     * @param offset the message's offset in the memory, in bytes, a multiple of 8
     * @param length the message's length, in bytes
     * @return what to do next; null is refused with a {@link NullPointerException}, and the message
     *     counts as received
     */
    Action onMessage(MemorySegment memory, long offset, int length);
}
