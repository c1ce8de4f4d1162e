package io.sluice.end;

import io.sluice.BrokenChannelException;
import io.sluice.ChannelCorruptedException;
import io.sluice.PipeFullException;
import io.sluice.file.Feature;
import io.sluice.file.Geometry;
import io.sluice.file.LaneFile;
import io.sluice.file.OtherSide;
import io.sluice.file.PipeFiles;
import io.sluice.file.Side;
import io.sluice.lane.Doorbell;
import io.sluice.lane.LaneDescriptor;
import io.sluice.lane.LaneSender;
import io.sluice.lane.LostPage;
import io.sluice.lane.RendezvousLaneSender;
import io.sluice.lane.StampedLaneSender;
import io.sluice.os.Closing;
import io.sluice.waiting.Bell;
import io.sluice.waiting.Rest;
import io.sluice.waiting.Waiter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;

/**
 * A sender's place in a pipe: its lane, how it announces messages, and how it waits for room.
 *
 * <p>One thread at a time, except {@link #close}.
 */
public final class SendingEnd implements AutoCloseable {
    private final Attachment attachment;
    private final LaneFile file;
    private final LaneSender lane;
    private final OtherSide receivers;
    private final Doorbell doorbell;
    private final Bell bell;
    private final Waiter waiter;
    private final boolean kept;
    private final int maxLength;
    private final HandOver handOver;

    /** Gives back what is claimed. */
    private Runnable abort = () -> {};

    private SendingEnd(Attachment attachment, LaneFile file, LaneSender lane, Waiting waiting) {
        Geometry geometry = attachment.files().geometry();
        this.attachment = attachment;
        this.receivers = attachment.others();
        this.file = file;
        attachment.recoverThrough(index -> index == attachment.index() ? file : null);
        this.lane = lane;
        this.kept = geometry.has(Feature.KEPT);
        this.maxLength = maxMessageLength(geometry);
        this.doorbell =
                new Doorbell(
                        file.control(),
                        attachment.index(),
                        attachment.busyLanes(),
                        attachment.sleepingReceivers(),
                        attachment.receiverBells());
        this.bell = new Bell(file.control(), LaneDescriptor.SENDER_BELL_OFFSET);
        this.handOver =
                lane instanceof RendezvousLaneSender rendezvous
                        ? new HandOver(this, rendezvous)
                        : null;
        Rest rest = handOver == null ? Rest.NOTHING : Rest.WAKERS_FENCE;
        this.waiter = waiting.waiter(bell, rest, attachment);
        attachment.onLeave(this::leave);
    }

    /**
     * Attaches a sender.
     *
     * @param files the pipe
     * @param waiting how it is to wait for room
     * @return its end
     * @throws IOException if the pipe is gone, or there is no space for its lane
     * @throws IllegalStateException if the pipe has as many senders as it was made for
     * @throws ChannelCorruptedException if no lane is sound
     */
    public static SendingEnd attach(PipeFiles files, Waiting waiting) throws IOException {
        LaneFile[] file = new LaneFile[1];
        LaneSender[] lane = new LaneSender[1];
        Attachment attachment = null;
        SendingEnd end = null;
        try {
            attachment =
                    Attachment.attach(
                            files,
                            Side.SENDERS,
                            index -> {
                                Closing.all(Arrays.asList(file[0]));
                                files.makeLane(index);
                                file[0] = files.openLane(index);
                                Doorbell.checkNotGivenUp(file[0].control(), index);
                                lane[0] = Flavour.of(files.geometry()).sender(file[0]);
                            });
            SendingEnd made = new SendingEnd(attachment, file[0], lane[0], waiting);
            LostPage.settle();
            end = made;
            return end;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (RuntimeException | Error e) {
            throw LostPage.translated(e);
        } finally {
            if (end == null) {
                Closing.all(Arrays.asList(attachment, file[0]));
            }
        }
    }

    /**
     * The longest message that a pipe can carry.
     *
     * @param geometry what the pipe is
     * @return the length in bytes
     */
    public static int maxMessageLength(Geometry geometry) {
        int length = LaneDescriptor.maxPayloadLength(geometry.capacity());
        return geometry.has(Feature.ARRIVAL_ORDER)
                ? length - StampedLaneSender.STAMP_LENGTH
                : length;
    }

    /**
     * The sender's lane.
     *
     * @return always the same
     */
    public LaneSender lane() {
        return lane;
    }

    /**
     * The longest message.
     *
     * @return the length in bytes
     */
    public int maxLength() {
        return maxLength;
    }

    /**
     * What follows on the announcement of a message, if the pipe is a rendezvous.
     *
     * @return always the same; null for a pipe that holds messages
     */
    public HandOver handOver() {
        return handOver;
    }

    /**
     * To be called after each message: tells the receivers of it if one wants to know.
     *
     * @return whether one may have had to be told
     */
    public boolean announce() {
        return doorbell.isWanted() && doorbell.ring();
    }

    /**
     * Whether the pipe is known to be broken. For every message.
     *
     * @return whether the receivers have left, and the pipe does not outlive them
     */
    public boolean isBroken() {
        return receivers.hasLeft() && !kept;
    }

    /**
     * To be called after an attempt in vain.
     *
     * @return whether the pipe is broken
     * @throws ChannelCorruptedException if the lane holds what no receiver writes
     */
    public boolean isBrokenAfterAll() {
        if (attachment.inVain(lane.receiverProgress(), waiter.napOver())) {
            Doorbell.checkNotGivenUp(file.control(), attachment.index());
            lane.verify();
            recoverHolder();
        }
        return isBroken();
    }

    /**
     * Room that is held by a receiver that is not there: whoever noticed its death could not open
     * this lane, because the pipe had been deleted.
     */
    private void recoverHolder() {
        int holder = lane.heldBy();
        int receivers = attachment.files().geometry().receivers();
        if (holder >= receivers) {
            throw new ChannelCorruptedException(
                    "a claim names receiver " + holder + ", and the pipe has " + receivers);
        }
        if (holder >= 0) {
            attachment.recoverAbsent(Side.RECEIVERS, holder);
        }
    }

    /**
     * What to throw when the pipe is broken.
     *
     * @return the exception
     */
    public BrokenChannelException broken() {
        return new BrokenChannelException(
                attachment.path() + ": " + attachment.othersInWords() + " has left");
    }

    /**
     * To be called before this end waits for room.
     *
     * @throws PipeFullException if the pipe is to refuse that
     */
    public void beforeWait() {
        Geometry geometry = attachment.files().geometry();
        if (geometry.has(Feature.REFUSE)) {
            throw new PipeFullException(
                    attachment.path()
                            + " is at its quota of "
                            + geometry.segments() * geometry.ringLength()
                            + " bytes of this sender; wait and try again, or make it with a larger"
                            + " quota, or with another AtQuota");
        }
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
     * Begins to wait, in a call that has {@linkplain Attachment#enter entered}.
     *
     * @param nanos for how long, as {@link Waiter#start}
     */
    public void startWaiting(long nanos) {
        waiter.start(nanos);
    }

    /** Ends the waiting. Must follow each start of it. */
    public void stopWaiting() {
        waiter.stop();
        attachment.noteSleeps(waiter);
        LostPage.settle();
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
     * What to do before this end leaves.
     *
     * @param abort gives back what is claimed; leads to nothing that users have, or this end would
     *     not be noticed when it is dropped
     */
    public void onLeave(Runnable abort) {
        this.abort = abort;
    }

    /**
     * Ends the stream, and wakes all receivers, so that they see it. Whatever peers have done to
     * the memory, this end has left afterwards.
     */
    @Override
    public void close() {
        if (attachment.tryClose()) {
            LostPage.ifSound(bell::ringAnyway);
        }
    }

    private void leave() {
        try {
            LostPage.ifSound(abort);
            LostPage.ifSound(lane::close);
            LostPage.ifSound(doorbell::close);
        } finally {
            attachment.leave(List.of(file));
        }
    }
}
