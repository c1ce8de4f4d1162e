package io.sluice.end;

import io.sluice.ChannelCorruptedException;
import io.sluice.file.Feature;
import io.sluice.file.Geometry;
import io.sluice.file.LaneFile;
import io.sluice.file.OtherSide;
import io.sluice.file.PipeFiles;
import io.sluice.file.Side;
import io.sluice.lane.ArrivalLanes;
import io.sluice.lane.DrainMode;
import io.sluice.lane.FairLanes;
import io.sluice.lane.LaneReceiver;
import io.sluice.lane.LaneTable;
import io.sluice.lane.LaneWatch;
import io.sluice.lane.LostPage;
import io.sluice.lane.PeekingReceiver;
import io.sluice.waiting.Bell;
import io.sluice.waiting.Waiter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Function;

/**
 * A receiver's end of a pipe: the lanes, merged into one, and how the receiver waits for messages.
 *
 * <p>One thread at a time, except {@link #close}.
 */
public final class ReceivingEnd implements AutoCloseable {
    private final Attachment attachment;
    private final OpenLanes<?> lanes;
    private final LaneReceiver lane;
    private final LaneWatch watch;
    private final Bell bell;
    private final Waiter waiter;
    private final boolean shared;

    /** Whether the end of the stream was found in epoch {@link #endEpoch}. */
    private boolean ended;

    private long endEpoch;

    private ReceivingEnd(Attachment attachment, Waiting waiting, DrainMode drain) {
        Geometry geometry = attachment.files().geometry();
        this.attachment = attachment;
        this.shared = geometry.sharesLanes();
        Flavour flavour = Flavour.of(geometry, drain);
        if (geometry.has(Feature.ARRIVAL_ORDER)) { // A single sender also stamps its messages.
            OpenLanes<PeekingReceiver> open =
                    open(file -> (PeekingReceiver) flavour.receiver(file, attachment.index()));
            this.watch = watch(open, true);
            this.lane = new ArrivalLanes(open, watch);
            this.lanes = open;
            if (geometry.senders() == 1) {
                open.receiver(0); // Fails now if the lane is corrupt.
            }
        } else {
            OpenLanes<LaneReceiver> open = open(file -> flavour.receiver(file, attachment.index()));
            this.watch = watch(open, false);
            this.lane =
                    geometry.senders() > 1 ? new FairLanes(open, watch, drain) : open.receiver(0);
            this.lanes = open;
        }
        this.bell = attachment.receiverBells()[attachment.index()];
        this.waiter = waiting.waiter(bell, watch, attachment);
        attachment.onLeave(this::leave);
    }

    private <L extends LaneReceiver> OpenLanes<L> open(Function<LaneFile, L> opener) {
        OpenLanes<L> lanes = new OpenLanes<>(attachment.files(), attachment.participants(), opener);
        attachment.recoverThrough(lanes::file);
        return lanes;
    }

    private LaneWatch watch(LaneTable<?> table, boolean exact) {
        return new LaneWatch(
                table,
                attachment.busyLanes(),
                attachment.sleepingReceivers(),
                attachment.receiverBells(),
                attachment.index(),
                exact);
    }

    /**
     * Attaches a receiver.
     *
     * @param files the pipe
     * @param waiting how the receiver waits for messages
     * @param drain how long the receiver backs off from lanes after a batch
     * @return the receiver's end
     * @throws IOException if the pipe is gone
     * @throws IllegalStateException if the pipe already has its maximum number of receivers
     * @throws ChannelCorruptedException if the only lane is corrupt
     */
    public static ReceivingEnd attach(PipeFiles files, Waiting waiting, DrainMode drain)
            throws IOException {
        Attachment attachment = null;
        ReceivingEnd end = null;
        try {
            attachment = Attachment.attach(files, Side.RECEIVERS, index -> {});
            ReceivingEnd made = new ReceivingEnd(attachment, waiting, drain);
            LostPage.settle();
            end = made;
            return end;
        } catch (ChannelCorruptedException e) {
            if (e.getCause() instanceof IOException refused) {
                throw refused;
            }
            throw e;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (RuntimeException | Error e) {
            throw LostPage.translated(e);
        } finally {
            if (end == null && attachment != null) {
                attachment.close();
            }
        }
    }

    /**
     * Returns the receiving side of all lanes.
     *
     * @return always the same object
     */
    public LaneReceiver lane() {
        return lane;
    }

    /**
     * Tests whether the stream has ended; to be called after an attempt that found no message. The
     * end is determined once; after that, as long as no end attaches or leaves, the test reads only
     * the epoch.
     *
     * @return whether all senders have left, and no message of theirs remains
     * @throws ChannelCorruptedException if a lane holds what no sender writes
     */
    public boolean hasEnded() {
        if (attachment.inVain(lane.position(), waiter.napOver())) {
            lane.verify();
        }
        OtherSide senders = attachment.others();
        if (!senders.hasLeft()) {
            return false;
        }
        if (!ended || senders.epoch() != endEpoch) {
            endEpoch = senders.epoch();
            ended = !lane.hasNext() && isEmptyForGood();
        }
        return ended;
    }

    private boolean isEmptyForGood() {
        if (shared) {
            attachment.findAllDead(); // Redeliveries of dead receivers come before the end.
        }
        lane.verify(); // All senders have left: a message that is incomplete now stays so.
        return !lane.hasNext();
    }

    /**
     * Begins to wait, in a call that has {@linkplain Attachment#enter entered}.
     *
     * @param nanos the timeout, as in {@link Waiter#start}
     */
    public void startWaiting(long nanos) {
        waiter.start(nanos);
    }

    /**
     * Ends the waiting. Must follow each {@link #startWaiting}. If a sender had selected this
     * receiver to be woken, and messages remain, passes the wake-up to another receiver.
     */
    public void stopWaiting() {
        waiter.stop();
        attachment.noteSleeps(waiter);
        if (shared) {
            watch.passOn();
        }
        LostPage.settle();
    }

    /**
     * Returns the waiter of this end.
     *
     * @return always the same object
     */
    public Waiter waiter() {
        return waiter;
    }

    /**
     * Returns the attachment of this end.
     *
     * @return always the same object
     */
    public Attachment attachment() {
        return attachment;
    }

    /**
     * Leaves the pipe, and wakes the senders that wait for room, so that they observe it.
     * Afterwards this end has left, even if peers have corrupted the memory.
     */
    @Override
    public void close() {
        if (attachment.tryClose()) {
            LostPage.ifSound(bell::ringAnyway);
        }
    }

    private void leave() {
        attachment.leave(List.of((AutoCloseable) lanes::wakeSenders, lanes));
    }
}
