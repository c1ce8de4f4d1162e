package io.sluice.ring;

import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import io.sluice.memory.MappingFault;
import io.sluice.wait.DrainMode;
import java.io.UncheckedIOException;

/**
 * The receiving side of many lanes, polled round-robin as if they were one: ready lanes take turns,
 * each with a bounded number of messages, so that each of <i>k</i> busy senders gets a <i>k</i>th
 * of the receiver. FIFO per sender; the order of messages of different senders is unspecified.
 *
 * <p>A lane that is found corrupt is given up with an exception, once; the others continue. A lane
 * that the system temporarily does not let this end use is tried again in its next turn.
 *
 * <p>Guarantee: wait-free. One thread at a time.
 */
final class RoundRobinReceiver extends MergeReceiver {
    /** The number of messages that a lane may hand out in one turn. */
    static final int QUANTUM = 64;

    private final DrainBackoff drainBackoff;
    private boolean moreAvailable;
    private int currentLane;

    RoundRobinReceiver(LaneTable lanes, ReadySet readySet, DrainMode mode) {
        this(lanes, readySet, new DrainBackoff(mode));
    }

    /** Creates a receiver with a given backoff, for tests. */
    RoundRobinReceiver(LaneTable lanes, ReadySet readySet, DrainBackoff drainBackoff) {
        super(lanes, readySet, drainBackoff.cursor);
        this.drainBackoff = drainBackoff;
    }

    @Override
    public int poll(MessageHandler handler, int limit, int longest) {
        int count = pollRound(handler, limit, longest);
        if (count == 0 && drainBackoff.isDue() && !ControlledBatch.isStopped(handler)) {
            drainBackoff.pause();
            count = pollRound(handler, limit, longest);
        }
        if (!moreAvailable) {
            drainBackoff.onDrained(count);
        }
        cursor.position += count;
        return count;
    }

    @Override
    public int pollLane(int index, MessageHandler handler, int limit) {
        int count = lanes.exists(index) ? poll(index, handler, limit, Integer.MAX_VALUE) : 0;
        cursor.position += count;
        return count;
    }

    @Override
    public boolean hasDeliverable() {
        for (int i = 0; i < lanes.size(); i++) {
            if (hasNextIn(i) && !lanes.receiver(i).awaitsAcknowledgement()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean hasNextIn(int index) {
        return lanes.exists(index) && readySet.hasNext(index);
    }

    @Override
    public int currentLane() {
        return currentLane;
    }

    private int pollRound(MessageHandler handler, int limit, int longest) {
        readySet.beforePoll();
        moreAvailable = false;
        int first = cursor.nextLane;
        int count = pollRange(handler, limit, longest, first, lanes.size());
        if (count < limit && !ControlledBatch.isStopped(handler)) {
            count += pollRange(handler, limit - count, longest, 0, first);
        }
        return count;
    }

    private int pollRange(MessageHandler handler, int limit, int longest, int from, int to) {
        int count = 0;
        for (int i = readySet.nextReady(from);
                i < to && count < limit;
                i = readySet.nextReady(i + 1)) {
            int share = Math.min(QUANTUM, limit - count);
            int polled = poll(i, handler, share, longest);
            moreAvailable |= polled == share;
            if (ControlledBatch.isStopped(handler)) {
                moreAvailable = true; // The lane was not emptied.
                readySet.recordMessage(i);
                cursor.nextLane = ((ControlledBatch) handler).isAborted() ? i : i + 1;
                return count + polled;
            }
            if (polled == 0) {
                readySet.recordEmpty(i);
            } else {
                readySet.recordMessage(i);
                count += polled;
                cursor.nextLane = i + 1;
            }
        }
        return count;
    }

    private int poll(int lane, MessageHandler handler, int limit, int longest) {
        try {
            current = lanes.receiver(lane);
            currentLane = lane;
            int count = ControlledBatch.poll(current, handler, limit, longest);
            MappingFault.poll();
            return count;
        } catch (MessageTooLongException e) {
            cursor.nextLane = lane; // The next call polls it first.
            throw e;
        } catch (ChannelCorruptedException | InternalError e) {
            throw lanes.poison(lane, e);
        } catch (UncheckedIOException e) {
            cursor.nextLane = lane + 1; // The others are polled before it is tried again.
            throw e;
        }
    }
}
