package io.sluice.pipe;

import io.sluice.BrokenChannelException;
import io.sluice.ChannelCorruptedException;
import io.sluice.QuotaExceededException;
import io.sluice.linux.CloseHelper;
import io.sluice.memory.Memory;
import io.sluice.pipe.storage.Feature;
import io.sluice.pipe.storage.PeerWatch;
import io.sluice.pipe.storage.PipeFiles;
import io.sluice.pipe.storage.PipeLayout;
import io.sluice.pipe.storage.PipeSide;
import io.sluice.ring.Doorbell;
import io.sluice.ring.LaneDescriptor;
import io.sluice.ring.LaneSender;
import io.sluice.ring.MappingFault;
import io.sluice.ring.RendezvousLaneSender;
import io.sluice.ring.RingMemory;
import io.sluice.ring.SegmentedRingSender;
import io.sluice.ring.SpscRingSender;
import io.sluice.wait.FutexEvent;
import io.sluice.wait.WaitHook;
import io.sluice.wait.Waiter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * A sender's end of a pipe: its lane, how it announces messages, and how it waits for room.
 *
 * <p>One thread at a time, except {@link #close}.
 */
public final class SenderEndpoint implements AutoCloseable {
    private final Membership membership;
    private final RingMemory file;
    private final LaneSender lane;
    private final PeerWatch receivers;
    private final Doorbell doorbell;
    private final FutexEvent futexEvent;
    private final Waiter waiter;
    private final boolean retained;
    private final int maxLength;
    private final int maxShortLength;

    /** The lane if it is one ring for one receiver, else null. */
    private final SpscRingSender ring;

    /** The lane if it is a list of rings, else null. */
    private final SegmentedRingSender segmented;

    private final HandOver handOver;
    private final boolean dropping;
    private long droppedBefore;

    /** Aborts the current claim. */
    private Runnable abort = () -> {};

    private SenderEndpoint(
            Membership membership, RingMemory file, LaneSender lane, WaiterFactory waiterFactory) {
        PipeLayout pipeLayout = membership.files().pipeLayout();
        this.membership = membership;
        this.receivers = membership.peers();
        this.file = file;
        membership.useOpenLanes(index -> index == membership.index() ? file : null);
        this.lane = lane;
        this.retained = pipeLayout.has(Feature.RETAIN_WITHOUT_RECEIVERS);
        this.dropping = pipeLayout.has(Feature.DROP_OLDEST);
        this.maxLength = maxMessageLength(pipeLayout);
        this.maxShortLength = Math.min(maxLength, Memory.SHORT_LENGTH);
        this.ring = lane instanceof SpscRingSender spsc ? spsc : null;
        this.segmented = lane instanceof SegmentedRingSender rings ? rings : null;
        this.doorbell =
                new Doorbell(
                        file.control(),
                        membership.index(),
                        membership.readyLanes(),
                        membership.waitingReceivers(),
                        membership.receiverEvents());
        this.futexEvent = new FutexEvent(file.control(), LaneDescriptor.SENDER_EVENT_OFFSET);
        this.handOver =
                lane instanceof RendezvousLaneSender rendezvous
                        ? new HandOver(this, rendezvous)
                        : null;
        WaitHook waitHook = handOver == null ? WaitHook.NO_OP : WaitHook.WAKERS_FENCE;
        this.waiter = waiterFactory.newWaiter(futexEvent, waitHook, membership);
        membership.onLeave(this::leave);
    }

    /**
     * Attaches a sender.
     *
     * @param files the pipe
     * @param waiterFactory how the sender waits for room
     * @return the sender's end
     * @throws IOException if the pipe is gone, or there is no space for its lane
     * @throws IllegalStateException if the pipe already has its maximum number of senders
     * @throws ChannelCorruptedException if the lane of every free slot is corrupt
     */
    public static SenderEndpoint attach(PipeFiles files, WaiterFactory waiterFactory)
            throws IOException {
        RingMemory[] file = new RingMemory[1];
        LaneSender[] lane = new LaneSender[1];
        Membership membership = null;
        SenderEndpoint end = null;
        try {
            membership =
                    Membership.attach(
                            files,
                            PipeSide.SENDERS,
                            index -> {
                                CloseHelper.closeAll(Arrays.asList(file[0]));
                                files.createLane(index);
                                file[0] = files.openLane(index);
                                Doorbell.checkNotPoisoned(file[0].control(), index);
                                lane[0] = LaneFlavor.of(files.pipeLayout()).sender(file[0]);
                            });
            SenderEndpoint made = new SenderEndpoint(membership, file[0], lane[0], waiterFactory);
            MappingFault.poll();
            end = made;
            return end;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (RuntimeException | Error e) {
            throw MappingFault.translate(e);
        } finally {
            if (end == null) {
                CloseHelper.closeAll(Arrays.asList(membership, file[0]));
            }
        }
    }

    /**
     * Returns the maximum message length of a pipe.
     *
     * @param pipeLayout the geometry of the pipe
     * @return the length in bytes
     */
    public static int maxMessageLength(PipeLayout pipeLayout) {
        return LaneFlavor.of(pipeLayout).maxMessageLength(pipeLayout.capacity());
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
     * Sends a short message in the common case: there is room, no end has attached or left, and the
     * lane has one receiver. One flat method: everything rare is left to the caller's general way,
     * and nothing of it returns here.
     *
     * @param source the bytes that hold the message
     * @param offset the offset of the message in the source
     * @param length the message's length in bytes
     * @return whether it was sent and announced; if not, nothing was done
     */
    public boolean trySendShort(byte[] source, int offset, int length) {
        SpscRingSender spsc = spscRing();
        if (spsc == null
                || length < 0
                || length > maxShortLength
                || !receivers.isUnchanged()
                || !spsc.tryWriteShort(source, offset, length)) {
            return false;
        }
        announce();
        MappingFault.poll();
        return true;
    }

    /**
     * Sends a short message in the common case, as {@link #trySendShort(byte[], int, int)}.
     *
     * @param source the memory that holds the message
     * @param offset the offset of the message in the source
     * @param length the message's length in bytes
     * @return whether it was sent and announced; if not, nothing was done
     */
    public boolean trySendShort(MemorySegment source, long offset, int length) {
        SpscRingSender spsc = spscRing();
        if (spsc == null
                || length < 0
                || length > maxShortLength
                || !receivers.isUnchanged()
                || !spsc.tryWriteShort(source, offset, length)) {
            return false;
        }
        announce();
        MappingFault.poll();
        return true;
    }

    private SpscRingSender spscRing() {
        return segmented == null ? ring : segmented.spscRing();
    }

    /**
     * Announces a message, if a receiver has requested notification; to be called after each
     * message.
     *
     * @return whether a receiver may have been notified
     */
    public boolean announce() {
        return doorbell.needsNotify() && doorbell.ring();
    }

    /**
     * Tests whether the pipe is known to be broken. Called for every message.
     *
     * @return whether all receivers have left, and the pipe is not retained without receivers
     */
    public boolean isBroken() {
        if (dropping) {
            probeWhileDropping();
        }
        return receivers.hasLeft() && !retained;
    }

    /**
     * Probes the liveness of the receivers as messages are dropped: a sender that drops the oldest
     * messages always finds room, so it never probes for lack of it.
     */
    private void probeWhileDropping() {
        long dropped = file.control().getLong(LaneDescriptor.DROPPED_OFFSET);
        if (dropped != droppedBefore) {
            droppedBefore = dropped;
            membership.onIdle(0, false);
        }
    }

    /**
     * Tests whether the pipe is broken, and probes the liveness of its ends; to be called after an
     * attempt that found no room.
     *
     * @return whether the pipe is broken
     * @throws ChannelCorruptedException if the lane holds what no receiver writes
     */
    public boolean checkPeers() {
        if (membership.onIdle(lane.receiverProgress(), waiter.timedOut())) {
            Doorbell.checkNotPoisoned(file.control(), membership.index());
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
        int receivers = membership.files().pipeLayout().receivers();
        if (holder >= receivers) {
            throw new ChannelCorruptedException(
                    "a message slot names receiver " + holder + ", and the pipe has " + receivers);
        }
        if (holder >= 0) {
            membership.recoverAbsent(PipeSide.RECEIVERS, holder);
        }
    }

    /**
     * Creates the exception for a broken pipe.
     *
     * @return the exception
     */
    public BrokenChannelException broken() {
        return new BrokenChannelException(
                membership.path() + ": " + membership.describePeers() + " has left");
    }

    /**
     * Checks that this end may wait for room; to be called before it waits.
     *
     * @throws QuotaExceededException if the pipe is configured to fail at its quota
     */
    public void checkMayWait() {
        PipeLayout pipeLayout = membership.files().pipeLayout();
        if (pipeLayout.has(Feature.FAIL)) {
            throw new QuotaExceededException(
                    membership.path()
                            + " is at its quota of "
                            + pipeLayout.segments() * pipeLayout.ringLength()
                            + " bytes of this sender; wait and try again, or make it with a larger"
                            + " quota, or another OverflowPolicy");
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
     * Begins to wait, in a call that has {@linkplain Membership#enter entered}.
     *
     * @param nanos the timeout, as in {@link Waiter#start}
     */
    public void startWaiting(long nanos) {
        waiter.start(nanos);
    }

    /** Ends the waiting. Must follow each {@link #startWaiting}. */
    public void stopWaiting() {
        waiter.stop();
        membership.publishWaitCounts(waiter);
        MappingFault.poll();
    }

    /**
     * Returns the attachment of this end.
     *
     * @return always the same object
     */
    public Membership membership() {
        return membership;
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
        if (membership.tryClose()) {
            MappingFault.bestEffort(futexEvent::forceNotify);
        }
    }

    private void leave() {
        try {
            MappingFault.bestEffort(abort);
            MappingFault.bestEffort(lane::close);
            MappingFault.bestEffort(doorbell::close);
        } finally {
            membership.leave(List.of(file));
        }
    }
}
