package io.sluice.pipe;

import io.sluice.ChannelCorruptedException;
import io.sluice.InvalidPipeException;
import io.sluice.memory.MappingFault;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import io.sluice.pipe.storage.Participants;
import io.sluice.pipe.storage.PipeFiles;
import io.sluice.pipe.storage.PipeLayout.PipeSide;
import io.sluice.ring.LaneDescriptor;
import io.sluice.ring.LaneReceiver;
import io.sluice.ring.LaneReceiver.LaneTable;
import io.sluice.wait.FutexEvent;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * The lanes of a pipe, each mapped on first use.
 *
 * <p>Used by one receiver's thread, except {@link #close}.
 */
final class OpenLanes implements LaneTable, AutoCloseable {
    private final PipeFiles files;
    private final Participants participants;
    private final PipeEvents events;
    private final Function<RingMemory, LaneReceiver> opener;
    private final RingMemory[] lanes;
    private final LaneReceiver[] receivers;
    private final boolean[] poisoned;
    private boolean closed; // Guarded by this, as are the writes to lanes.

    OpenLanes(
            PipeFiles files,
            Participants participants,
            PipeEvents events,
            Function<RingMemory, LaneReceiver> opener) {
        this.files = files;
        this.participants = participants;
        this.events = events;
        this.opener = opener;
        this.lanes = new RingMemory[files.pipeLayout().senders()];
        this.receivers = new LaneReceiver[lanes.length];
        this.poisoned = new boolean[lanes.length];
    }

    @Override
    public int size() {
        return lanes.length;
    }

    @Override
    public boolean exists(int index) {
        return !poisoned[index]
                && (receivers[index] != null
                        || lanes.length == 1
                        || participants.wasAttached(index));
    }

    @Override
    public LaneReceiver receiver(int index) {
        LaneReceiver receiver = receivers[index];
        return receiver != null ? receiver : open(index);
    }

    private LaneReceiver open(int index) {
        RingMemory lane = null;
        try {
            lane = files.openLane(index);
            LaneReceiver receiver = opener.apply(lane);
            register(index, lane, receiver);
            events.watch(index, receiver);
            return receiver;
        } catch (IOException | InvalidPipeException e) {
            throw MappingFault.ofFile(files.path() + ": lane " + index, e);
        } finally {
            if (lane != null && lanes[index] == null) {
                lane.close();
            }
        }
    }

    /**
     * Stores an open lane, unless this end is closed: a call concurrent with a close by another
     * thread, against the rules, must not leave a lane open.
     */
    private synchronized void register(int index, RingMemory lane, LaneReceiver receiver) {
        if (closed) {
            throw new IllegalStateException("this end of " + files.path() + " is closed");
        }
        lanes[index] = lane;
        receivers[index] = receiver;
    }

    @Override
    public Memory control(int index) {
        receiver(index);
        return lanes[index].control();
    }

    /**
     * Excludes a corrupt lane from now on, and marks it as corrupt in its control block. If it is
     * the only lane of the pipe, does neither: there, each call throws again.
     */
    @Override
    public ChannelCorruptedException poison(int index, Throwable thrown) {
        ChannelCorruptedException cause =
                thrown instanceof InternalError lost
                        ? MappingFault.asCorruption(lost)
                        : (ChannelCorruptedException) thrown;
        if (lanes.length > 1) {
            poisoned[index] = true;
            // Also where the lane is not open: a fault of the attempt to open it may be pending.
            MappingFault.bestEffort(
                    () -> {
                        if (lanes[index] != null) {
                            lanes[index]
                                    .control()
                                    .setLong(
                                            LaneDescriptor.NOTIFY_MODE_OFFSET,
                                            LaneDescriptor.NOTIFY_POISONED);
                        }
                    });
        }
        String lane =
                String.format(
                        "lane %d (of process %d): %s",
                        index, participants.pid(index), cause.getMessage());
        ChannelCorruptedException found =
                new ChannelCorruptedException(files.path() + ": " + lane, cause);
        if (lanes.length > 1) {
            events.laneGivenUp(found, lane);
        }
        return found;
    }

    /** Returns the sum of a number of each open lane. */
    long sum(ToLongFunction<LaneReceiver> number) {
        long sum = 0;
        for (LaneReceiver receiver : receivers) {
            sum += receiver == null ? 0 : number.applyAsLong(receiver);
        }
        return sum;
    }

    /** Tests whether all open lanes meet a condition. */
    boolean allMatch(Predicate<LaneReceiver> condition) {
        for (LaneReceiver receiver : receivers) {
            if (receiver != null && !condition.test(receiver)) {
                return false;
            }
        }
        return true;
    }

    /** Returns a lane's memory, or null if it has not been used yet. */
    RingMemory memory(int index) {
        return lanes[index];
    }

    /** Leaves all open lanes, and wakes their senders, which may wait for room. */
    void leave() {
        for (int i = 0; i < lanes.length; i++) {
            RingMemory lane = lanes[i];
            if (lane != null) {
                MappingFault.bestEffort(receivers[i]::leave);
                wakeSender(lane);
            }
        }
    }

    /**
     * Wakes the senders whose lanes this end has never opened, if it was the last receiver. A lane
     * that cannot be mapped is skipped: its sender's wait times out.
     */
    void wakeSendersOfUnopenedLanes() {
        if (participants.presence(PipeSide.RECEIVERS) != Participants.Presence.GONE) {
            return;
        }
        for (int i = 0; i < lanes.length; i++) {
            if (lanes[i] == null && participants.isAttached(i)) {
                try (RingMemory lane = files.openLane(i)) {
                    wakeSender(lane);
                } catch (IOException | InvalidPipeException e) {
                    // Skipped, as documented above.
                }
            }
        }
    }

    private static void wakeSender(RingMemory lane) {
        FutexEvent futexEvent = new FutexEvent(lane.control(), LaneDescriptor.SENDER_EVENT_OFFSET);
        MappingFault.bestEffort(futexEvent::notifyOne);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        PipeFiles.closeAll(Arrays.asList(lanes));
    }
}
