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
 * A receiver's place in a pipe: the lanes, as if they were one, and how it waits for messages.
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

    /** Whether the end of the stream was found, and in which epoch. */
    private boolean ended;

    private long endEpoch;

    private ReceivingEnd(Attachment attachment, Waiting waiting, DrainMode drain) {
        Geometry geometry = attachment.files().geometry();
        this.attachment = attachment;
        this.shared = geometry.sharesLanes();
        Flavour flavour = Flavour.of(geometry, drain);
        if (geometry.has(Feature.ARRIVAL_ORDER)) { // Of one sender, too: it stamps its messages.
            OpenLanes<PeekingReceiver> open =
                    open(file -> (PeekingReceiver) flavour.receiver(file, attachment.index()));
            this.watch = watch(open, true);
            this.lane = new ArrivalLanes(open, watch);
            this.lanes = open;
            if (geometry.senders() == 1) {
                open.receiver(0); // Refused now if it is not sound.
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
     * @param waiting how it is to wait for messages
     * @param drain how long it is to stay away from lanes after a batch
     * @return its end
     * @throws IOException if the pipe is gone
     * @throws IllegalStateException if the pipe has as many receivers as it was made for
     * @throws ChannelCorruptedException if the only lane is not sound
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
     * All that can be received.
     *
     * @return always the same
     */
    public LaneReceiver lane() {
        return lane;
    }

    /**
     * To be called after an attempt in vain. The end is established once; after that, as long as no
     * end comes or goes, it costs a look at the epoch.
     *
     * @return whether the stream has ended: all senders have left, and nothing is left of theirs
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
            attachment.findAllDead(); // What a dead one had taken comes before the end.
        }
        lane.verify(); // Nothing more will come, so what is missing now is missing for good.
        return !lane.hasNext();
    }

    /**
     * Begins to wait, in a call that has {@linkplain Attachment#enter entered}.
     *
     * @param nanos for how long, as {@link Waiter#start}
     */
    public void startWaiting(long nanos) {
        waiter.start(nanos);
    }

    /**
     * Ends the waiting. Must follow each start of it. If a sender had chosen this end to be woken,
     * and there is more than it took, another one is woken.
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
     * How this end waits.
     *
     * @return always the same
     */
    public Waiter waiter() {
        return waiter;
    }

    /**
     * This end's place in the pipe.
     *
     * @return always the same
     */
    public Attachment attachment() {
        return attachment;
    }

    /**
     * Leaves, and wakes the senders that wait for room, so that they see it. Whatever peers have
     * done to the memory, this end has left afterwards.
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
