package io.sluice.ring;

import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import java.lang.foreign.MemorySegment;

/**
 * A wrapper that distinguishes what a handler throws from what a lane throws: a handler may use
 * another pipe, and a corrupt pipe there does not mean that the lane the message came from is
 * corrupt.
 */
public final class HandlerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HandlerException(ChannelCorruptedException cause) {
        super(null, cause, false, false);
    }

    /** Passes a message to the handler. */
    static void onMessage(MessageHandler handler, MemorySegment memory, long offset, int length) {
        try {
            handler.onMessage(memory, offset, length);
        } catch (ChannelCorruptedException e) {
            throw new HandlerException(e);
        }
    }

    /**
     * Returns what the handler threw.
     *
     * @return the exception to rethrow to the caller
     */
    public ChannelCorruptedException thrown() {
        return (ChannelCorruptedException) getCause();
    }
}
