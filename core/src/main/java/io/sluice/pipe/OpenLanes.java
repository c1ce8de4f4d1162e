package io.sluice.pipe;

import io.sluice.ChannelCorruptedException;
import io.sluice.InvalidPipeException;
import io.sluice.linux.CloseHelper;
import io.sluice.memory.Memory;
import io.sluice.pipe.storage.LaneFile;
import io.sluice.pipe.storage.Participants;
import io.sluice.pipe.storage.PipeFiles;
import io.sluice.ring.FileFailure;
import io.sluice.ring.LaneDescriptor;
import io.sluice.ring.LaneReceiver;
import io.sluice.ring.LaneTable;
import io.sluice.ring.MappingFault;
import io.sluice.wait.FutexEvent;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Function;

/**
 * The lanes of a pipe, each mapped on first use.
 *
 * <p>Used by one receiver's thread, except {@link #close}.
 *
 * @param <L> the type of the lanes' receiving side
 */
final class OpenLanes<L extends LaneReceiver> implements LaneTable<L>, AutoCloseable {
    private final PipeFiles files;
    private final Participants participants;
    private final Function<LaneFile, L> opener;
    private final LaneFile[] lanes;
    private final Object[] receivers;
    private final boolean[] poisoned;
    private boolean closed; // Guarded by this, as are the writes to lanes.

    OpenLanes(PipeFiles files, Participants participants, Function<LaneFile, L> opener) {
        this.files = files;
        this.participants = participants;
        this.opener = opener;
        this.lanes = new LaneFile[files.pipeLayout().senders()];
        this.receivers = new Object[lanes.length];
        this.poisoned = new boolean[lanes.length];
    }

    @Override
    public int size() {
        return lanes.length;
    }

    @Override
    public boolean exists(int index) {
        return receivers[index] != null
                ? !poisoned[index]
                : !poisoned[index] && (lanes.length == 1 || participants.wasAttached(index));
    }

    @Override
    @SuppressWarnings("unchecked") // Only open stores receivers.
    public L receiver(int index) {
        Object receiver = receivers[index];
        return receiver != null ? (L) receiver : open(index);
    }

    private L open(int index) {
        LaneFile lane = null;
        try {
            lane = files.openLane(index);
            L receiver = opener.apply(lane);
            register(index, lane, receiver);
            return receiver;
        } catch (IOException | InvalidPipeException e) {
            throw FileFailure.asException(files.path() + ": lane " + index, e);
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
    private synchronized void register(int index, LaneFile lane, L receiver) {
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
            if (lanes[index] != null) {
                Memory control = lanes[index].control();
                MappingFault.bestEffort(
                        () ->
                                control.setLong(
                                        LaneDescriptor.NOTIFY_MODE_OFFSET,
                                        LaneDescriptor.NOTIFY_POISONED));
            }
        }
        return new ChannelCorruptedException(
                files.path()
                        + ": lane "
                        + index
                        + " (of process "
                        + participants.pid(index)
                        + "): "
                        + cause.getMessage(),
                cause);
    }

    /** Returns a lane's file, or null if it has not been used yet. */
    LaneFile file(int index) {
        return lanes[index];
    }

    /** Wakes the senders that wait for room. */
    void wakeSenders() {
        for (LaneFile lane : lanes) {
            if (lane != null) {
                FutexEvent futexEvent =
                        new FutexEvent(lane.control(), LaneDescriptor.SENDER_EVENT_OFFSET);
                MappingFault.bestEffort(futexEvent::notifyOne);
            }
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        CloseHelper.closeAll(Arrays.asList(lanes));
    }
}
