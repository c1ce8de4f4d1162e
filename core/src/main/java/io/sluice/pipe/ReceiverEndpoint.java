package io.sluice.pipe;

import io.sluice.ChannelCorruptedException;
import io.sluice.ControlledMessageHandler;
import io.sluice.InvalidPipeException;
import io.sluice.pipe.storage.Feature;
import io.sluice.pipe.storage.PeerWatch;
import io.sluice.pipe.storage.PipeFiles;
import io.sluice.pipe.storage.PipeLayout;
import io.sluice.pipe.storage.PipeSide;
import io.sluice.ring.ControlledBatch;
import io.sluice.ring.DrainMode;
import io.sluice.ring.LaneReceiver;
import io.sluice.ring.MappingFault;
import io.sluice.ring.ReadySet;
import io.sluice.ring.RingFlavor;
import io.sluice.wait.FutexEvent;
import io.sluice.wait.Waiter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A receiver's end of a pipe: the lanes, merged into one, and how the receiver waits for messages.
 *
 * <p>One thread at a time, except {@link #close}.
 */
public final class ReceiverEndpoint implements AutoCloseable {
    /** The result of {@link #controlledPoll} if nothing was received, and more is there. */
    public static final int ABORTED = -1;

    private final ControlledBatch batch = new ControlledBatch();
    private final Membership membership;
    private final OpenLanes lanes;
    private final LaneReceiver lane;
    private final ReadySet readySet;
    private final FutexEvent futexEvent;
    private final Waiter waiter;
    private final boolean shared;

    /** Whether the end of the stream was found in epoch {@link #endEpoch}. */
    private boolean endOfStream;

    private long endEpoch;

    private ReceiverEndpoint(Membership membership, WaiterFactory waiterFactory, DrainMode drain) {
        PipeLayout pipeLayout = membership.files().pipeLayout();
        this.membership = membership;
        this.shared = pipeLayout.usesSpmcRings();
        RingFlavor flavor = LaneFlavor.of(pipeLayout, drain);
        this.lanes =
                new OpenLanes(
                        membership.files(),
                        membership.participants(),
                        memory -> flavor.receiver(memory, membership.index()));
        membership.useOpenLanes(lanes::memory);
        this.readySet =
                new ReadySet(
                        lanes,
                        membership.readyLanes(),
                        membership.waitingReceivers(),
                        membership.receiverEvents(),
                        membership.index(),
                        flavor.timestamped());
        this.lane = flavor.merge(lanes, readySet, drain);
        if (pipeLayout.senders() == 1) {
            lanes.receiver(0); // Fails now if the lane is corrupt.
        }
        this.futexEvent = membership.receiverEvents()[membership.index()];
        this.waiter = waiterFactory.newWaiter(futexEvent, readySet, membership);
        membership.onLeave(this::leave);
    }

    /**
     * Attaches a receiver.
     *
     * @param files the pipe
     * @param waiterFactory how the receiver waits for messages
     * @param drain how long the receiver backs off from lanes after a batch
     * @return the receiver's end
     * @throws IOException if the pipe is gone
     * @throws IllegalStateException if the pipe already has its maximum number of receivers
     * @throws ChannelCorruptedException if the only lane is corrupt
     */
    public static ReceiverEndpoint attach(
            PipeFiles files, WaiterFactory waiterFactory, DrainMode drain) throws IOException {
        Membership membership = null;
        ReceiverEndpoint end = null;
        try {
            membership = Membership.attach(files, PipeSide.RECEIVERS, index -> {});
            ReceiverEndpoint made = new ReceiverEndpoint(membership, waiterFactory, drain);
            MappingFault.poll();
            end = made;
            return end;
        } catch (ChannelCorruptedException e) {
            if (e.getCause() instanceof IOException refused) {
                throw refused;
            }
            if (e.getCause() instanceof InvalidPipeException invalid) {
                throw invalid;
            }
            throw e;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (RuntimeException | Error e) {
            throw MappingFault.translate(e);
        } finally {
            if (end == null && membership != null) {
                membership.close();
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
    public boolean isEndOfStream() {
        if (membership.onIdle(lane.position(), waiter.timedOut())) {
            lane.verify();
        }
        PeerWatch senders = membership.peers();
        if (!senders.hasLeft()) {
            return false;
        }
        if (!endOfStream || senders.epoch() != endEpoch) {
            endEpoch = senders.epoch();
            endOfStream = !lane.hasNext() && isDrained();
        }
        return endOfStream;
    }

    /**
     * Tests whether a handler may abort a message.
     *
     * @return false for a rendezvous pipe, whose sender knows by then that it was received
     */
    public boolean canAbort() {
        return !membership.files().pipeLayout().has(Feature.RENDEZVOUS);
    }

    /**
     * Hands out messages to a controlled handler.
     *
     * @param handler the handler of each message
     * @param limit the maximum number of messages
     * @return the number of messages received; {@link #ABORTED} if the first one was aborted
     * @throws ChannelCorruptedException if a lane holds what no sender writes
     */
    public int controlledPoll(ControlledMessageHandler handler, int limit) {
        try {
            int count = lane.controlledPoll(batch.start(handler), limit);
            if (batch.isAborted()) {
                onAborted();
                return count == 0 ? ABORTED : count;
            }
            return count;
        } finally {
            batch.end();
        }
    }

    /** Makes an aborted message known to the receivers that may take it. */
    private void onAborted() {
        readySet.rescan();
        if (shared) {
            ReadySet.wakeAll(membership.waitingReceivers(), membership.receiverEvents());
        }
    }

    private boolean isDrained() {
        if (shared) {
            membership.probeAll(); // Redeliveries of dead receivers come before the end.
        }
        lane.verify(); // All senders have left: a message that is incomplete now stays so.
        return !lane.hasNext();
    }

    /**
     * Begins to wait, in a call that has {@linkplain Membership#enter entered}.
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
        membership.publishWaitCounts(waiter);
        if (shared) {
            readySet.passWakeup();
        }
        MappingFault.poll();
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
    public Membership membership() {
        return membership;
    }

    /**
     * Leaves the pipe, and wakes the senders that wait for room, so that they observe it.
     * Afterwards this end has left, even if peers have corrupted the memory.
     */
    @Override
    public void close() {
        if (membership.tryClose()) {
            MappingFault.bestEffort(futexEvent::forceNotify);
        }
    }

    private void leave() {
        membership.leave(List.of((AutoCloseable) lanes::wakeSenders, lanes));
    }
}
