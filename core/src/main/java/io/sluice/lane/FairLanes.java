package io.sluice.lane;

import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import java.io.UncheckedIOException;

/**
 * The receiving side of many lanes, polled round-robin as if they were one: busy lanes take turns,
 * each with a bounded number of messages, so that each of <i>k</i> busy senders gets a <i>k</i>th
 * of the receiver. FIFO per sender; the order of messages of different senders is unspecified.
 *
 * <p>A lane that is found corrupt is given up with an exception, once; the others continue. A lane
 * that the system temporarily does not let this end use is tried again in its next turn.
 *
 * <p>Guarantee: wait-free. One thread at a time.
 */
public final class FairLanes implements LaneReceiver {
    /** The number of messages that a lane may hand out in one turn. */
    static final int QUANTUM = 64;

    private final LaneTable<?> lanes;
    private final LaneWatch watch;
    private final EndState state;
    private final Pace pace;
    private LaneReceiver current;
    private boolean more;

    /**
     * Creates a receiver of all lanes of a pipe.
     *
     * @param lanes the lanes
     * @param watch the set of lanes to poll
     * @param mode the backoff after a batch
     */
    public FairLanes(LaneTable<?> lanes, LaneWatch watch, DrainMode mode) {
        this(lanes, watch, mode, new EndState());
    }

    private FairLanes(LaneTable<?> lanes, LaneWatch watch, DrainMode mode, EndState state) {
        this(lanes, watch, state, new Pace(state, mode));
    }

    /** Creates a receiver with a given pace, for tests. */
    FairLanes(LaneTable<?> lanes, LaneWatch watch, EndState state, Pace pace) {
        this.lanes = lanes;
        this.watch = watch;
        this.state = state;
        this.pace = pace;
    }

    @Override
    public int poll(MessageHandler handler, int limit, int longest) {
        int count = turn(handler, limit, longest);
        if (count == 0 && pace.isDue()) {
            pace.stayAway();
            count = turn(handler, limit, longest);
        }
        if (!more) {
            pace.drained(count);
        }
        state.position(state.position() + count);
        return count;
    }

    private int turn(MessageHandler handler, int limit, int longest) {
        watch.beforeLook();
        more = false;
        int first = (int) state.cursor();
        int count = round(handler, limit, longest, first, lanes.size());
        if (count < limit) {
            count += round(handler, limit - count, longest, 0, first);
        }
        return count;
    }

    private int round(MessageHandler handler, int limit, int longest, int from, int to) {
        int count = 0;
        for (int i = watch.next(from); i < to && count < limit; i = watch.next(i + 1)) {
            int share = Math.min(QUANTUM, limit - count);
            int polled = poll(i, handler, share, longest);
            more |= polled == share;
            if (polled == 0) {
                watch.empty(i);
            } else {
                watch.served(i);
                count += polled;
                state.cursor(i + 1);
            }
        }
        return count;
    }

    private int poll(int lane, MessageHandler handler, int limit, int longest) {
        try {
            current = lanes.receiver(lane);
            int count = current.poll(handler, limit, longest);
            LostPage.settle();
            return count;
        } catch (TooLong e) {
            state.cursor(lane); // The next call polls it first.
            throw e;
        } catch (ChannelCorruptedException | InternalError e) {
            throw lanes.giveUp(lane, e);
        } catch (UncheckedIOException e) {
            state.cursor(lane + 1); // The others are polled before it is tried again.
            throw e;
        }
    }

    @Override
    public boolean hasNext() {
        return watch.lookEverywhere();
    }

    @Override
    public int attempt() {
        return current == null ? 0 : current.attempt();
    }

    @Override
    public long position() {
        return state.position();
    }

    @Override
    public void verify() {
        watch.verify();
    }
}
