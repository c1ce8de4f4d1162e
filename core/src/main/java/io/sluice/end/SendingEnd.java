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
 * A sender's end of a pipe: its lane, how it announces messages, and how it waits for room.
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

    /** Aborts the current claim. */
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
     * @param waiting how the sender waits for room
     * @return the sender's end
     * @throws IOException if the pipe is gone, or there is no space for its lane
     * @throws IllegalStateException if the pipe already has its maximum number of senders
     * @throws ChannelCorruptedException if the lane of every free slot is corrupt
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
     * Returns the maximum message length of a pipe.
     *
     * @param geometry the geometry of the pipe
     * @return the length in bytes
     */
    public static int maxMessageLength(Geometry geometry) {
        int length = LaneDescriptor.maxPayloadLength(geometry.capacity());
        return geometry.has(Feature.ARRIVAL_ORDER)
                ? length - StampedLaneSender.STAMP_LENGTH
                : length;
    }

    /**
     * Returns the sender's lane.
     *
     * @return always the same object
     */
    public LaneSender lane() {
        return lane;
    }

    /**
     * Returns the maximum message length.
     *
     * @return the length in bytes
     */
    public int maxLength() {
        return maxLength;
    }

    /**
     * Returns the wait that follows each message of a rendezvous pipe.
     *
     * @return always the same object; null for a buffered pipe
     */
    public HandOver handOver() {
        return handOver;
    }

    /**
     * Announces a message, if a receiver has requested notification; to be called after each
     * message.
     *
     * @return whether a receiver may have been notified
     */
    public boolean announce() {
        return doorbell.isWanted() && doorbell.ring();
    }

    /**
     * Tests whether the pipe is known to be broken. Called for every message.
     *
     * @return whether all receivers have left, and the pipe is not retained without receivers
     */
    public boolean isBroken() {
        return receivers.hasLeft() && !kept;
    }

    /**
     * Tests whether the pipe is broken, and probes the liveness of its ends; to be called after an
     * attempt that found no room.
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
     * Recovers room that is held by an absent receiver. The end that detected its death could not
     * open this lane, because the pipe had been deleted.
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
     * Creates the exception for a broken pipe.
     *
     * @return the exception
     */
    public BrokenChannelException broken() {
        return new BrokenChannelException(
                attachment.path() + ": " + attachment.othersInWords() + " has left");
    }

    /**
     * Checks that this end may wait for room; to be called before it waits.
     *
     * @throws PipeFullException if the pipe is configured to fail at its quota
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
     * Returns the waiter of this end.
     *
     * @return always the same object
     */
    public Waiter waiter() {
        return waiter;
    }

    /**
     * Begins to wait, in a call that has {@linkplain Attachment#enter entered}.
     *
     * @param nanos the timeout, as in {@link Waiter#start}
     */
    public void startWaiting(long nanos) {
        waiter.start(nanos);
    }

    /** Ends the waiting. Must follow each {@link #startWaiting}. */
    public void stopWaiting() {
        waiter.stop();
        attachment.noteSleeps(waiter);
        LostPage.settle();
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
     * Sets the task to run before this end leaves.
     *
     * @param abort the task, which aborts the current claim; must not refer to an object that users
     *     hold, or this end would not be closed when it becomes unreachable
     */
    public void onLeave(Runnable abort) {
        this.abort = abort;
    }

    /**
     * Ends the stream, and wakes all receivers, so that they observe it. Afterwards this end has
     * left, even if peers have corrupted the memory.
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
