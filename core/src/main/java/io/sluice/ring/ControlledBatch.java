package io.sluice.ring;

import io.sluice.ChannelCorruptedException;
import io.sluice.ControlledMessageHandler;
import io.sluice.ControlledMessageHandler.Action;
import io.sluice.MessageHandler;
import io.sluice.UnacknowledgedMessageHandler;
import io.sluice.ring.LaneReceiver.HandlerException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * One call that hands out messages to a controlled handler: the handler, and whether it has ended
 * the call. A receiver of several lanes or rings passes it on as a {@link MessageHandler}; the
 * receiver of a single ring handles it.
 *
 * <p>A batch that {@linkplain #keeping keeps} messages hands them out without releasing them: each
 * stays taken until it is {@linkplain #acknowledge acknowledged}.
 *
 * <p>Reused. One thread at a time, but for {@link #acknowledge} and {@link #unacknowledged}, which
 * any thread may call.
 */
public final class ControlledBatch implements MessageHandler {
    private ControlledMessageHandler handler;
    private UnacknowledgedMessageHandler keeper;
    private final UnacknowledgedMessages kept; // Null unless this keeps messages.
    private Action last = Action.CONTINUE;
    private int prefix;

    /** Creates a batch without a handler. */
    public ControlledBatch() {
        this(null);
    }

    private ControlledBatch(UnacknowledgedMessages kept) {
        this.kept = kept;
    }

    /**
     * Creates a batch without a handler that keeps messages until they are acknowledged.
     *
     * @return the batch
     */
    public static ControlledBatch keeping() {
        return new ControlledBatch(new UnacknowledgedMessages());
    }

    /**
     * Begins a call of a batch that keeps messages.
     *
     * @param next the handler
     * @return this
     */
    public ControlledBatch start(UnacknowledgedMessageHandler next) {
        keeper = Objects.requireNonNull(next, "handler");
        return this;
    }

    /**
     * Returns how many of some messages can be kept now.
     *
     * @param wanted the number of messages
     * @return that number, or a smaller one; at least 1 if any are wanted
     * @throws IllegalStateException if no more can be kept, and any are wanted
     */
    public int room(int wanted) {
        return kept.room(wanted);
    }

    /** Tests whether messages are kept until they are acknowledged. */
    boolean keeps() {
        return kept != null;
    }

    /**
     * Passes a message to the handler, and keeps it, even if the handler throws.
     *
     * @param message what releases the message
     * @param handle what that needs for it
     */
    void keep(Acknowledgeable message, long handle, MemorySegment memory, long offset, int length) {
        long tag = kept.add(message, handle);
        try {
            keeper.onMessage(tag, memory, offset + prefix, Math.max(0, length - prefix));
        } catch (ChannelCorruptedException e) {
            throw new HandlerException(e);
        }
    }

    /**
     * Releases a message that was kept.
     *
     * @param tag its delivery tag
     * @throws IllegalArgumentException if the tag is not one of this batch
     * @throws IllegalStateException if the message was acknowledged before, or no message can be
     *     acknowledged any more
     * @throws ChannelCorruptedException if a peer has changed what belongs to this end
     */
    public void acknowledge(long tag) {
        kept.acknowledge(tag);
    }

    /**
     * Ends all acknowledgements: later ones fail.
     *
     * @return whether messages were unacknowledged, which are the ring's to release
     */
    public boolean endAcknowledgements() {
        return kept.close();
    }

    /**
     * Tests whether no message is kept, and all that were are released.
     *
     * @return whether that is so; exact for the thread that receives
     */
    public boolean isEmpty() {
        return kept.isEmpty();
    }

    /**
     * Returns how many messages are kept.
     *
     * @return the number; a snapshot
     */
    public int unacknowledged() {
        return kept.count();
    }

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
        keeper = null;
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
