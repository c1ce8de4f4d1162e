package io.sluice.ring;

import io.sluice.BatchHandler;
import io.sluice.ChannelCorruptedException;
import io.sluice.MessageBatch;
import io.sluice.MessageHandler;
import io.sluice.ring.LaneReceiver.HandlerException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Messages of one ring that are handed out in one call. The receiver of a ring collects them, and
 * then {@linkplain #deliver delivers} them together. A receiver of several lanes passes this on as
 * a {@link MessageHandler}; one that hands out messages one by one delivers runs of one.
 *
 * <p>A message that was handed out before is a run by itself, so that it alone is marked. (Handing
 * out what is there in one call is what Disruptor's batches and Aeron's {@code poll} do; a cursor
 * instead of a call for each message lets the loop over them be the handler's.)
 *
 * <p>Reused. One thread at a time.
 */
public final class MessageRun implements MessageHandler, MessageBatch {
    /** The largest number of messages of a run. */
    static final int MAX_SIZE = 256;

    private static final int OFFSET_SHIFT = 32;
    private static final long UNKNOWN = -1;

    /** The offset and the length of each message. */
    private final long[] messages = new long[MAX_SIZE];

    private LaneReceiver lanes;

    /** Where the first message begins in its lane, or UNKNOWN. */
    private long begin = UNKNOWN;

    private long mask;
    private BatchHandler handler;
    private MemorySegment memory;
    private int size;
    private int next;
    private long current;

    /** Creates a run without a handler. */
    public MessageRun() {}

    /**
     * Begins a call.
     *
     * @param target the handler
     * @return this
     */
    public MessageRun start(BatchHandler target) {
        handler = Objects.requireNonNull(target, "handler");
        size = 0;
        return this;
    }

    /** Ends a call, and forgets the handler. */
    public void end() {
        handler = null;
    }

    /**
     * Sets the receiver that knows which lane a message came through.
     *
     * @param receiver the receiver of all lanes
     */
    public void of(LaneReceiver receiver) {
        lanes = receiver;
    }

    /** Removes all messages. */
    void clear() {
        size = 0;
        begin = UNKNOWN;
    }

    /** Removes all messages; the first of the next ones begins at a position of a ring. */
    void clear(long position, long ringMask) {
        size = 0;
        begin = position;
        mask = ringMask;
    }

    /** Adds a message; there are fewer than {@link #MAX_SIZE}. */
    void add(long offset, int length) {
        messages[size++] = offset << OFFSET_SHIFT | length;
    }

    /** Passes the messages to the handler. */
    void deliver(MemorySegment bytes) {
        memory = bytes;
        next = 0;
        try {
            handler.onBatch(this);
        } catch (ChannelCorruptedException e) {
            throw new HandlerException(e);
        }
    }

    @Override
    public void onMessage(MemorySegment bytes, long offset, int length) {
        clear();
        add(offset, length);
        deliver(bytes);
    }

    @Override
    public boolean next() {
        if (next == size) {
            return false;
        }
        current = messages[next++];
        return true;
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public long offset() {
        return current >>> OFFSET_SHIFT;
    }

    @Override
    public int length() {
        return (int) current;
    }

    @Override
    public int lane() {
        return lanes == null ? 0 : lanes.currentLane();
    }

    @Override
    public long position() {
        // A run is shorter than the ring, so the distance of offsets is that of positions.
        return begin == UNKNOWN
                ? UNKNOWN
                : begin + (offset() - (messages[0] >>> OFFSET_SHIFT) & mask);
    }

    @Override
    public int size() {
        return size;
    }
}
