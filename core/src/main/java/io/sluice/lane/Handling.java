package io.sluice.lane;

import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import java.lang.foreign.MemorySegment;

/**
 * Tells what a handler throws from what a lane throws: a handler may use another pipe, and if that
 * one is corrupt it is not the fault of the lane that the message came from.
 */
public final class Handling extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Handling(ChannelCorruptedException cause) {
        super(null, cause, false, false);
    }

    /** Hands a message out. */
    static void onMessage(MessageHandler handler, MemorySegment memory, long offset, int length) {
        try {
            handler.onMessage(memory, offset, length);
        } catch (ChannelCorruptedException e) {
            throw new Handling(e);
        }
    }

    /**
     * What the handler threw.
     *
     * @return the exception that is the caller's
     */
    public ChannelCorruptedException thrown() {
        return (ChannelCorruptedException) getCause();
    }
}
