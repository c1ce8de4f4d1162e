package io.sluice.ring;

import io.sluice.ChannelCorruptedException;
import io.sluice.ControlledMessageHandler;
import io.sluice.ControlledMessageHandler.Action;
import io.sluice.MessageHandler;
import io.sluice.ring.LaneReceiver.HandlerException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * One call that hands out messages to a controlled handler: the handler, and whether it has ended
 * the call. A receiver of several lanes or rings passes it on as a {@link MessageHandler}; the
 * receiver of a single ring handles it.
 *
 * <p>Reused. One thread at a time.
 */
public final class ControlledBatch implements MessageHandler {
    private ControlledMessageHandler handler;
    private Action last = Action.CONTINUE;
    private int prefix;

    /** Creates a batch without a handler. */
    public ControlledBatch() {}

    /**
     * Begins a call.
     *
     * @param next the handler
     * @return this
     */
    public ControlledBatch start(ControlledMessageHandler next) {
        handler = Objects.requireNonNull(next, "handler");
        last = Action.CONTINUE;
        prefix = 0;
        return this;
    }

    /** Ends a call, and forgets the handler. */
    public void end() {
        handler = null;
    }

    /** Sets the number of bytes before each message that the handler does not get. */
    void skip(int bytes) {
        prefix = bytes;
    }

    /**
     * Tests whether the handler has ended the call.
     *
     * @return whether the last message was aborted, or was to be the last one
     */
    public boolean isStopped() {
        return last == Action.ABORT || last == Action.BREAK;
    }

    /**
     * Tests whether the handler has aborted a message.
     *
     * @return whether the last message is to be handed out again
     */
    public boolean isAborted() {
        return last == Action.ABORT;
    }

    /** Passes a message to the handler. */
    Action handle(MemorySegment memory, long offset, int length) {
        try {
            last =
                    Objects.requireNonNull(
                            handler.onMessage(
                                    memory, offset + prefix, Math.max(0, length - prefix)),
                            "the handler returned null");
            return last;
        } catch (ChannelCorruptedException e) {
            throw new HandlerException(e);
        }
    }

    @Override
    public void onMessage(MemorySegment memory, long offset, int length) {
        throw new UnsupportedOperationException(
                "a ring polls a controlled batch by another method");
    }

    /** Polls a lane or ring on behalf of a receiver of several. */
    static int poll(LaneReceiver lane, MessageHandler handler, int limit, int longest) {
        if (handler instanceof MessageRun run) {
            return lane.pollRun(run, limit);
        }
        return handler instanceof ControlledBatch batch
                ? lane.controlledPoll(batch, limit)
                : lane.poll(handler, limit, longest);
    }

    /** Tests whether a handler, which may be a controlled batch, has ended the call. */
    static boolean isStopped(MessageHandler handler) {
        return handler instanceof ControlledBatch batch && batch.isStopped();
    }
}
