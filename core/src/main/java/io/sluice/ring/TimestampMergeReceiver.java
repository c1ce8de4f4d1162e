package io.sluice.ring;

import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import io.sluice.memory.MappingFault;
import java.lang.foreign.MemorySegment;

/**
 * The receiving side of many lanes, merged in sending order: of two messages of different senders,
 * the one whose send returned before the other's began is received first. (The time-stamped queue
 * of Dodds, Haas and Kirsch, POPL 2015, with one receiver.)
 *
 * <p>Each message carries the time at which its sender began to send it ({@link
 * TimestampedLaneSender}). The receiver selects the smallest timestamp among the heads of the
 * lanes, then peeks at the other lanes again: a message sent before the selected one was sent is
 * visible by now. If one of them has a smaller timestamp, the receiver repeats the pass. The model
 * is {@code timestamp-merge.pml}.
 *
 * <p>Costs: a clock read and eight bytes for each message, and two peeks at each busy lane for each
 * message received. Guarantee: wait-free. One thread at a time.
 */
final class TimestampMergeReceiver extends MergeReceiver implements MessageHandler {
    private MessageHandler handler;

    TimestampMergeReceiver(LaneTable lanes, ReadySet readySet) {
        super(lanes, readySet, new Cursor());
    }

    @Override
    public int poll(MessageHandler messages, int limit, int longest) {
        readySet.beforePoll();
        int count = 0;
        try {
            handler = messages;
            while (count < limit && !ControlledBatch.isStopped(messages)) {
                int lane = earliestLane();
                if (lane < 0) {
                    break;
                }
                current = lanes.receiver(lane);
                if (!poll(lane, longest)) {
                    break;
                }
                count++;
                cursor.position += 1;
            }
        } finally {
            handler = null;
        }
        return count;
    }

    /** Hands out the next message of a lane; returns whether it was received. */
    private boolean poll(int lane, int longest) {
        int prefix = TimestampedLaneSender.TIMESTAMP_LENGTH;
        boolean awaits = false;
        try {
            int count;
            if (handler instanceof ControlledBatch batch) {
                awaits = current.awaitsAcknowledgement(); // Before: another thread may acknowledge.
                batch.skip(prefix);
                count = current.controlledPoll(batch, 1);
            } else {
                count =
                        current.poll(
                                this, 1, Math.min(longest, Integer.MAX_VALUE - prefix) + prefix);
            }
            if (count == 0 && !awaits && !ControlledBatch.isStopped(handler)) {
                throw new ChannelCorruptedException("a message that was there has gone");
            }
            MappingFault.poll();
            return count > 0;
        } catch (MessageTooLongException e) {
            throw new MessageTooLongException(e.length() - prefix);
        } catch (ChannelCorruptedException | InternalError e) {
            throw lanes.poison(lane, e);
        }
    }

    @Override
    public void onMessage(MemorySegment memory, long offset, int length) {
        int prefix = TimestampedLaneSender.TIMESTAMP_LENGTH; // The lane has checked its length.
        handler.onMessage(memory, offset + prefix, Math.max(0, length - prefix));
    }

    @Override
    public boolean hasDeliverable() {
        readySet.rescan();
        int lane = earliestLane();
        return lane >= 0 && !lanes.receiver(lane).awaitsAcknowledgement();
    }

    /** Returns the lane whose head has the smallest timestamp, or -1 if all are empty. */
    private int earliestLane() {
        int best = -1;
        long least = Long.MAX_VALUE;
        boolean first = true;
        // Each pass but the last finds a smaller timestamp; the bound stops a faulty sender from
        // keeping the loop running forever.
        for (int looks = 0; looks <= lanes.size() + 1; looks++) {
            int found = best;
            for (int i = readySet.nextReady(0); i < lanes.size(); i = readySet.nextReady(i + 1)) {
                if (i == best) {
                    continue;
                }
                long timestamp = timestamp(i);
                if (timestamp == NO_MESSAGE) {
                    if (first) {
                        readySet.recordEmpty(i);
                    }
                } else if (found < 0 || timestamp < least) {
                    least = timestamp;
                    found = i;
                }
            }
            if (found == best) {
                break;
            }
            best = found;
            first = false;
        }
        if (best >= 0) {
            readySet.recordMessage(best);
        }
        return best;
    }

    private long timestamp(int lane) {
        try {
            long timestamp = lanes.receiver(lane).peekLong();
            MappingFault.poll();
            return timestamp;
        } catch (ChannelCorruptedException | InternalError e) {
            throw lanes.poison(lane, e);
        }
    }
}
