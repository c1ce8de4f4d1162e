package io.sluice.pipe;

import io.sluice.BatchHandler;
import io.sluice.BufferTooSmallException;
import io.sluice.ChannelCorruptedException;
import io.sluice.ControlledMessageHandler;
import io.sluice.InvalidPipeException;
import io.sluice.MessageHandler;
import io.sluice.PipePosition;
import io.sluice.UnacknowledgedMessageHandler;
import io.sluice.memory.MappingFault;
import io.sluice.memory.PaddedLongs;
import io.sluice.memory.RingMemory;
import io.sluice.pipe.storage.MetaDescriptor;
import io.sluice.pipe.storage.Participants;
import io.sluice.pipe.storage.Participants.PeerWatch;
import io.sluice.pipe.storage.PipeFiles;
import io.sluice.pipe.storage.PipeLayout;
import io.sluice.pipe.storage.PipeLayout.Feature;
import io.sluice.pipe.storage.PipeLayout.PipeSide;
import io.sluice.ring.ControlledBatch;
import io.sluice.ring.LaneReceiver;
import io.sluice.ring.LaneReceiver.HandlerException;
import io.sluice.ring.LaneReceiver.MessageTooLongException;
import io.sluice.ring.MessageRun;
import io.sluice.ring.ReadySet;
import io.sluice.ring.RingFlavor;
import io.sluice.wait.DrainMode;
import io.sluice.wait.FutexEvent;
import io.sluice.wait.Occupancy;
import io.sluice.wait.ParkingWaiter;
import io.sluice.wait.Selectable;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.IdleStrategy;

/**
 * A receiver's end of a pipe. It polls the lanes, merged into one, waits for messages, finds the
 * end of the stream, and translates what fails.
 *
 * <p>Guarantee: {@link #poll} and {@link #controlledPoll} are lock-free, {@link #receive} blocks.
 * One thread at a time, except {@link #close}.
 */
public final class ReceiverEndpoint extends PipeEndpoint {
    /** In place of a lane's number. */
    public static final int ALL_LANES = -1;

    /** The index of the id of the thread that is in a poll; 0 if none is. */
    private static final int CALLER = 0;

    /**
     * In place of that id: messages of rings with one receiver may be kept, which any other poll
     * would release.
     */
    private static final long KEPT = -1;

    private static final MessageHandler NO_HANDLER = (memory, offset, length) -> {};

    private static final UnacknowledgedMessageHandler NO_KEEPER = (tag, memory, offset, n) -> {};

    /** Where a receiver of a broadcast begins in a lane that was created after it had attached. */
    private static final PipePosition BEGIN = new PipePosition(0, 0);

    private final ControlledBatch batch = new ControlledBatch();
    private final ControlledBatch keeping; // Null where messages cannot be acknowledged later.

    /** Whether a message that is delivered again waits for the acknowledgement of another. */
    private volatile boolean awaitsAcknowledgement;

    private final MessageRun run = new MessageRun();
    private final OpenLanes lanes;
    private final LaneReceiver lane;
    private final ReadySet readySet;
    private final FutexEvent futexEvent;
    private final Waiter waiter;
    private final WaitQueue waitQueue;
    private final boolean shared;
    private final PaddedLongs usage = new PaddedLongs();

    /** Whether the last call found the end of the stream. */
    private boolean endOfStream;

    /** Whether the end of the stream was found in epoch {@link #endEpoch}. */
    private boolean foundEnd;

    private long endEpoch;

    /** Null before {@link #notifyFd} was called. */
    private NotifyFd notifyFd;

    private ReceiverEndpoint(
            Membership membership, OpenLanes lanes, IdleStrategy idle, int spins, DrainMode drain) {
        super(membership);
        PipeLayout pipeLayout = membership.files().pipeLayout();
        boolean broadcast = pipeLayout.has(Feature.BROADCAST);
        this.shared = pipeLayout.usesSpmcRings();
        this.keeping = whyNotKept(pipeLayout) == null ? ControlledBatch.keeping() : null;
        RingFlavor flavor = LaneFlavor.of(pipeLayout);
        this.lanes = lanes;
        membership.useOpenLanes(lanes::memory);
        this.readySet =
                new ReadySet(
                        lanes,
                        membership.notifier(),
                        membership.index(),
                        flavor.timestamped(),
                        !broadcast);
        this.lane = flavor.merge(lanes, readySet, drain);
        run.of(lane);
        if (pipeLayout.senders() == 1) {
            lanes.receiver(0); // Fails now if the lane is corrupt.
        } else if (broadcast) {
            openAll(lanes); // Those of senders that attached meanwhile.
        }
        this.futexEvent = membership.notifier().event(membership.index());
        this.waiter = membership.newWaiter(futexEvent, readySet, idle, spins);
        this.waitQueue = newWaitQueue(futexEvent, shared ? new SharedHook() : readySet);
        membership.onLeave(this::leave);
    }

    /** The steps of a select that waits for one of several receivers: it passes a wake-up on. */
    private final class SharedHook implements Waiter.Hook {
        @Override
        public boolean beforeWait() {
            return readySet.beforeWait();
        }

        @Override
        public void afterWait() {
            readySet.afterWait();
            readySet.passWakeup();
        }
    }

    @Override
    public WaitQueue waitQueue() {
        return waitQueue;
    }

    /**
     * Waits until {@link #poll} finds a message or the end of the stream. Receives nothing.
     *
     * @throws InterruptedException if this thread was interrupted
     * @throws IllegalStateException if this end is closed, also by another thread meanwhile
     * @throws ChannelCorruptedException if a lane holds what no sender writes
     */
    public void awaitReady() throws InterruptedException {
        awaitReady(this::isEndOfStream);
    }

    /**
     * Waits until {@link #poll} finds a message, or a condition holds, beyond the end of the stream
     * too. The condition is tested as in {@link #receiveUntil}.
     *
     * @param ended the condition
     * @throws InterruptedException if this thread was interrupted
     * @throws IllegalStateException if this end is closed, also by another thread meanwhile
     * @throws ChannelCorruptedException if a lane holds what no sender writes
     */
    public void awaitReady(BooleanSupplier ended) throws InterruptedException {
        boolean entered = membership.enter();
        try {
            Waiter parking = new ParkingWaiter(waitQueue());
            parking.start(Waiter.NO_TIMEOUT);
            try {
                while (!isReady(ALL_LANES) && !ended.getAsBoolean()) {
                    parking.pause();
                }
            } finally {
                parking.stop();
            }
        } finally {
            membership.exit(entered);
        }
    }

    /**
     * Waits as {@link #awaitReady()}, on a virtual thread, and makes a descriptor readable then.
     *
     * @return the number of the descriptor, which this end closes when it leaves
     * @throws IllegalStateException if this end is closed
     * @throws UncheckedIOException if this process can have no more descriptors
     */
    public int notifyFd() {
        return notifyFd(this::isEndOfStream);
    }

    /**
     * Waits as {@link #awaitReady(BooleanSupplier)}, on a virtual thread, and makes a descriptor
     * readable then.
     *
     * @param ended the condition
     * @return the number of the descriptor, which this end closes when it leaves
     * @throws IllegalStateException if this end is closed
     * @throws UncheckedIOException if this process can have no more descriptors
     */
    public int notifyFd(BooleanSupplier ended) {
        NotifyFd fd = openNotifyFd();
        if (fd.arm()) {
            // It must not refer to the user's object: if that is dropped, this end is closed.
            Selectable.whenReady(Runnable::run, fd::signal, () -> awaitReady(ended));
        }
        return fd.number();
    }

    private NotifyFd openNotifyFd() {
        boolean entered = membership.enter(); // So that it leaves only once the field is set.
        try {
            if (notifyFd == null) {
                notifyFd = NotifyFd.create();
            }
            return notifyFd;
        } catch (IOException e) {
            throw new UncheckedIOException(path() + ": no eventfd can be made now", e);
        } finally {
            membership.exit(entered);
        }
    }

    /**
     * Tests whether there is a message that {@link #poll} would find. If there is none, does what a
     * poll that finds none does: it looks for the end of the stream.
     *
     * @param only the number of the sender's lane, or {@link #ALL_LANES}
     * @return whether there is a message; another receiver may take it
     * @throws IllegalStateException if a handler of this receiver calls it
     * @throws ChannelCorruptedException if a lane holds what no sender writes
     */
    public boolean isReady(int only) {
        checkNotReceiving();
        membership.checkOpen();
        try {
            boolean ready = only == ALL_LANES ? lane.hasNext() : lane.hasNextIn(only);
            if (ready && usage.get(CALLER) == KEPT && lane.awaitsAcknowledgement()) {
                ready = lane.hasDeliverable();
            }
            MappingFault.poll();
            if (ready) {
                return true;
            }
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        }
        if (usage.get(CALLER) == KEPT) {
            pollUnacknowledged(NO_KEEPER, 0);
        } else {
            poll(NO_HANDLER, 0, Integer.MAX_VALUE);
        }
        return false;
    }

    /**
     * Attaches a receiver.
     *
     * @param files the pipe
     * @param idle what the end does between two checks; null for an end that blocks in the kernel
     * @param spins the number of checks before it blocks, or {@link Waiter#DEFAULT_SPINS}
     * @param drain how long the receiver backs off from lanes after a batch
     * @param lossy of a broadcast: whether senders may overwrite what it has not received
     * @param start of a broadcast: where the receiver begins
     * @return the receiver's end
     * @throws IOException if the pipe is gone
     * @throws IllegalStateException if the pipe already has its maximum number of receivers
     * @throws ChannelCorruptedException if the only lane is corrupt
     * @throws IllegalArgumentException if this is no broadcast and the last two are not false and
     *     {@link PipePosition#NEWEST}, or if no message of the pipe begins at the start
     */
    static ReceiverEndpoint attach(
            PipeFiles files,
            IdleStrategy idle,
            int spins,
            DrainMode drain,
            boolean lossy,
            PipePosition start)
            throws IOException {
        checkJoin(files, lossy, start);
        boolean broadcast = files.pipeLayout().has(Feature.BROADCAST);
        RingFlavor first = LaneFlavor.of(files.pipeLayout(), drain, lossy, start);
        RingFlavor later = LaneFlavor.of(files.pipeLayout(), drain, lossy, BEGIN);
        OpenLanes[] lanes = new OpenLanes[1];
        Membership membership = null;
        ReceiverEndpoint end = null;
        try {
            membership =
                    Membership.attach(
                            files,
                            PipeSide.RECEIVERS,
                            Membership.ANY_SLOT,
                            broadcast && !lossy ? MetaDescriptor.GATED : 0,
                            (attaching, participant) -> {
                                abandon(lanes[0]);
                                int index = participant - files.pipeLayout().senders();
                                Participants participants = attaching.participants();
                                lanes[0] =
                                        new OpenLanes(
                                                files,
                                                participants,
                                                attaching.events(),
                                                memory ->
                                                        (participants.self() < 0 ? first : later)
                                                                .receiver(memory, index));
                                if (broadcast) {
                                    openAll(lanes[0]);
                                }
                            });
            ReceiverEndpoint made = new ReceiverEndpoint(membership, lanes[0], idle, spins, drain);
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
            throw PipeEvents.translate(files, e);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (RuntimeException | Error e) {
            throw PipeEvents.translate(files, e);
        } finally {
            if (end == null) {
                abandon(lanes[0]);
                PipeFiles.closeAll(Arrays.asList(membership));
            }
        }
    }

    /** Opens every lane that exists, and so joins it. */
    private static void openAll(OpenLanes lanes) {
        for (int i = 0; i < lanes.size(); i++) {
            if (lanes.exists(i)) {
                lanes.receiver(i);
            }
        }
    }

    private static void abandon(OpenLanes lanes) {
        if (lanes != null) {
            lanes.leave();
            lanes.close();
        }
    }

    private static void checkJoin(PipeFiles files, boolean lossy, PipePosition start) {
        Objects.requireNonNull(start, "start");
        PipeLayout pipeLayout = files.pipeLayout();
        if (!pipeLayout.has(Feature.BROADCAST) && (lossy || !start.equals(PipePosition.NEWEST))) {
            throw new IllegalArgumentException(
                    files.path()
                            + " is not a broadcast: its receivers are not lossy, and begin with"
                            + " the first message that was not received");
        }
        if (start.bytes() >= 0 && pipeLayout.senders() > 1) {
            throw new IllegalArgumentException(
                    start + " of a pipe for many senders: only one of one sender has positions");
        }
    }

    /**
     * Passes available messages to a handler, up to the first one that is too long.
     *
     * @param handler the handler, called for each message, in order
     * @param limit the largest number of messages
     * @param longest the maximum length of a message, in bytes
     * @return the number of messages
     * @throws IllegalStateException if a handler of this receiver calls it
     * @throws BufferTooSmallException if the first message is too long; it stays in the pipe
     * @throws ChannelCorruptedException if a lane holds what no sender writes
     */
    public int poll(MessageHandler handler, int limit, int longest) {
        return poll(ALL_LANES, handler, limit, longest);
    }

    /**
     * Passes available messages of one sender, or of all, to a handler.
     *
     * @param lane the number of the sender's lane, or {@link #ALL_LANES}
     * @param handler the handler, called for each message, in order
     * @param limit the largest number of messages
     * @return the number of messages
     * @throws IllegalStateException if a handler of this receiver calls it
     * @throws ChannelCorruptedException if a lane holds what no sender writes
     */
    public int poll(int lane, MessageHandler handler, int limit) {
        return poll(lane, handler, limit, Integer.MAX_VALUE);
    }

    private int poll(int only, MessageHandler handler, int limit, int longest) {
        Objects.requireNonNull(handler, "handler");
        checkNotInUse();
        usage.set(CALLER, Thread.currentThread().threadId());
        try {
            int count =
                    handler instanceof MessageRun batched
                            ? lane.pollRun(batched, limit)
                            : only == ALL_LANES
                                    ? lane.poll(handler, limit, longest)
                                    : lane.pollLane(only, handler, limit);
            if (count == 0) {
                onEmpty(limit);
            } else if (endOfStream) {
                endOfStream = false;
            }
            MappingFault.poll();
            return count;
        } catch (HandlerException e) {
            throw MappingFault.translate(e.thrown());
        } catch (MessageTooLongException e) {
            throw MappingFault.translate(new BufferTooSmallException(e.length(), longest));
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        } finally {
            usage.set(CALLER, 0);
        }
    }

    /**
     * Passes available messages to a controlled handler.
     *
     * @param handler the handler, called for each message, in order
     * @param limit the largest number of messages
     * @return the number of messages received, without one that was aborted
     * @throws UnsupportedOperationException if this is a rendezvous pipe: its sender knows by then
     *     that the message was received
     * @throws IllegalStateException if a handler of this receiver calls it
     * @throws ChannelCorruptedException if a lane holds what no sender writes
     */
    public int controlledPoll(ControlledMessageHandler handler, int limit) {
        Objects.requireNonNull(handler, "handler");
        checkNotInUse();
        if (membership.files().pipeLayout().has(Feature.RENDEZVOUS)) {
            throw new UnsupportedOperationException(
                    "a rendezvous pipe cannot take a message back: use poll, or a buffered pipe");
        }
        try {
            return poll(batch.start(handler), limit);
        } finally {
            batch.end();
        }
    }

    private int poll(ControlledBatch controlled, int limit) {
        usage.set(CALLER, Thread.currentThread().threadId());
        try {
            int count = lane.controlledPoll(controlled, limit);
            if (controlled == keeping && !shared) {
                awaitsAcknowledgement = count == 0 && lane.awaitsAcknowledgement();
            }
            if (controlled.isAborted()) {
                onAborted();
            }
            if (count == 0 && !controlled.isAborted()) {
                onEmpty(limit);
            } else if (endOfStream) {
                endOfStream = false;
            }
            MappingFault.poll();
            return count;
        } catch (HandlerException e) {
            throw MappingFault.translate(e.thrown());
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        } finally {
            usage.set(CALLER, controlled == keeping && !shared ? KEPT : 0);
        }
    }

    /**
     * Passes available messages to a handler, and keeps them until they are acknowledged.
     *
     * @param handler the handler, called for each message, in order
     * @param limit the largest number of messages
     * @return the number of messages
     * @throws UnsupportedOperationException if this pipe keeps no messages
     * @throws IllegalStateException if a handler of this receiver calls it
     * @throws ChannelCorruptedException if a lane holds what no sender writes
     */
    public int pollUnacknowledged(UnacknowledgedMessageHandler handler, int limit) {
        checkKeeps();
        checkNotReceiving();
        try {
            return poll(keeping.start(handler), keeping.room(limit));
        } finally {
            keeping.end();
        }
    }

    /**
     * Passes messages to a handler, keeps them until they are acknowledged, and blocks while there
     * is none.
     *
     * @param handler the handler, called for each message, in order
     * @param limit the largest number of messages, at least 1
     * @param nanos the timeout, as in {@link Waiter#start}
     * @return the number of messages, 0 if none came in that time, or -1 at the end of the stream
     * @throws UnsupportedOperationException if this pipe keeps no messages
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was
     *     received
     * @throws ChannelCorruptedException if a lane holds what no sender writes
     */
    public int receiveUnacknowledged(UnacknowledgedMessageHandler handler, int limit, long nanos)
            throws InterruptedException {
        checkKeeps();
        checkLimit(limit);
        checkNotReceiving();
        boolean entered = membership.enter();
        try {
            keeping.start(handler);
            int most = keeping.room(limit);
            int count = poll(keeping, most);
            return count > 0 ? count : await(keeping, most, Integer.MAX_VALUE, nanos);
        } finally {
            keeping.end();
            membership.exit(entered);
        }
    }

    /**
     * Releases a message that was kept. Any thread.
     *
     * @param deliveryTag its delivery tag
     * @throws UnsupportedOperationException if this pipe keeps no messages
     * @throws IllegalArgumentException if the tag is not one of this end
     * @throws IllegalStateException if the message was acknowledged before, or this end is closed
     * @throws ChannelCorruptedException if a peer has changed what belongs to this end
     */
    public void acknowledge(long deliveryTag) {
        checkKeeps();
        try {
            keeping.acknowledge(deliveryTag);
            if (awaitsAcknowledgement) {
                futexEvent.notifyOne();
            }
            MappingFault.poll();
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        }
    }

    /**
     * Returns how many messages were handed out, and are kept until they are acknowledged.
     *
     * @return the number; a snapshot
     */
    public int unacknowledged() {
        return keeping == null ? 0 : keeping.unacknowledged();
    }

    private void checkKeeps() {
        if (keeping == null) {
            throw new UnsupportedOperationException(whyNotKept(membership.files().pipeLayout()));
        }
    }

    /** Returns why messages of a pipe cannot be acknowledged later, or null if they can. */
    private static String whyNotKept(PipeLayout pipeLayout) {
        if (pipeLayout.has(Feature.RENDEZVOUS)) {
            return "messages of a rendezvous pipe cannot be acknowledged later: its sender was told"
                    + " that they were received";
        }
        if (pipeLayout.has(Feature.BROADCAST)) {
            return "messages of a broadcast cannot be acknowledged later: it delivers none again";
        }
        return pipeLayout.isSegmented() && !pipeLayout.usesSpmcRings()
                ? "messages of an unbounded pipe for one receiver cannot be acknowledged later: create"
                        + " it with receivers(Ends.MANY)"
                : null;
    }

    private static void checkLimit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit=" + limit + " is not at least 1");
        }
    }

    /**
     * Passes available messages to a handler, in one call for each lane.
     *
     * @param handler the handler
     * @param limit the largest number of messages
     * @return the number of messages
     * @throws IllegalStateException if a handler of this receiver calls it
     * @throws ChannelCorruptedException if a lane holds what no sender writes
     */
    public int pollBatch(BatchHandler handler, int limit) {
        checkNotInUse();
        try {
            return poll(run.start(handler), limit, Integer.MAX_VALUE);
        } finally {
            run.end();
        }
    }

    /**
     * Passes messages to a handler, in one call for each lane, and blocks while there is none.
     *
     * @param handler the handler
     * @param limit the largest number of messages, at least 1
     * @param nanos the timeout, as in {@link Waiter#start}
     * @return the number of messages, 0 if none came in that time, or -1 at the end of the stream
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was
     *     received
     * @throws ChannelCorruptedException if a lane holds what no sender writes
     */
    public int receiveBatch(BatchHandler handler, int limit, long nanos)
            throws InterruptedException {
        checkNotInUse();
        try {
            return receive(run.start(handler), limit, Integer.MAX_VALUE, nanos);
        } finally {
            run.end();
        }
    }

    private void checkNotInUse() {
        if (usage.get(CALLER) != 0) {
            checkNoneKept();
        }
    }

    private void checkNoneKept() {
        checkNotReceiving();
        if (!keeping.isEmpty()) {
            throw new IllegalStateException(
                    keeping.unacknowledged()
                            + " messages of this receiver are not acknowledged, which another call"
                            + " would release: acknowledge them first, or go on with"
                            + " receiveUnacknowledged");
        }
        usage.set(CALLER, 0);
    }

    private void checkNotReceiving() {
        long caller = usage.get(CALLER);
        if (caller != 0 && caller != KEPT) {
            throw inUse("receive from it");
        }
    }

    /**
     * Returns the exception for a nested or concurrent call. A nested call would see messages that
     * the outer call has taken, and move the position during it.
     */
    private IllegalStateException inUse(String what) {
        return Occupancy.inUse(usage.get(CALLER), what);
    }

    /**
     * Checks this end, the limit, and whether the stream has ended, after a poll that found no
     * message. The end of the stream is exact: a sender's last message becomes visible before its
     * detachment does.
     */
    private void onEmpty(int limit) {
        membership.checkOpen();
        if (limit < 0) {
            throw new IllegalArgumentException("limit=" + limit + " is negative");
        }
        boolean now = findEndOfStream();
        if (now != endOfStream) { // Avoids a write to a possibly shared cache line.
            endOfStream = now;
        }
    }

    /**
     * Tests whether the stream has ended: all senders have left, and no message of theirs remains.
     * The end is determined once; after that, as long as no end attaches or leaves, the test reads
     * only the epoch.
     */
    private boolean findEndOfStream() {
        if (membership.onIdle(lane.position(), timedOut())) {
            lane.verify();
        }
        PeerWatch senders = membership.peers();
        if (!senders.hasLeft()) {
            return false;
        }
        if (!foundEnd || senders.epoch() != endEpoch) {
            endEpoch = senders.epoch();
            foundEnd = !lane.hasNext() && isDrained();
        }
        return foundEnd;
    }

    /**
     * Passes messages to a handler, and blocks while there is none.
     *
     * @param handler the handler, called for each message, in order
     * @param limit the largest number of messages, at least 1
     * @param longest the maximum length of a message, in bytes
     * @param nanos the timeout, as in {@link Waiter#start}
     * @return the number of messages, 0 if none came in that time, or -1 at the end of the stream
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was
     *     received
     * @throws BufferTooSmallException if the first message is too long; it stays in the pipe
     * @throws ChannelCorruptedException if a lane holds what no sender writes
     */
    public int receive(MessageHandler handler, int limit, int longest, long nanos)
            throws InterruptedException {
        checkLimit(limit);
        boolean entered = membership.enter();
        try {
            int count = poll(handler, limit, longest);
            return count > 0 ? count : await(handler, limit, longest, nanos);
        } finally {
            membership.exit(entered);
        }
    }

    /**
     * Passes messages of one sender, or of all, to a handler, and blocks while there is none,
     * beyond the end of the stream too, until a condition holds. The condition is tested after each
     * attempt that found no message: at least whenever this end was woken, and several times per
     * second.
     *
     * @param only the number of the sender's lane, or {@link #ALL_LANES}
     * @param handler the handler, called for each message, in order
     * @param limit the largest number of messages, at least 1
     * @param nanos the timeout, as in {@link Waiter#start}
     * @param ended the condition
     * @return the number of messages, 0 if none came in that time or before the condition held
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was
     *     received
     * @throws ChannelCorruptedException if a lane holds what no sender writes
     */
    public int receiveUntil(
            int only, MessageHandler handler, int limit, long nanos, BooleanSupplier ended)
            throws InterruptedException {
        boolean entered = membership.enter();
        try {
            int count = poll(only, handler, limit, Integer.MAX_VALUE);
            if (count > 0 || ended.getAsBoolean()) {
                return count;
            }
            waiter.start(nanos);
            try {
                boolean more;
                do {
                    more = waiter.pause();
                    count = poll(only, handler, limit, Integer.MAX_VALUE);
                } while (count == 0 && more && !ended.getAsBoolean());
                return count;
            } finally {
                stopWaiting();
            }
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        } finally {
            membership.exit(entered);
        }
    }

    /**
     * Tests whether the last attempt followed a wait that timed out.
     *
     * @return whether the caller of {@link #receiveUntil}, or of a select, should check what
     *     nothing wakes it for
     */
    public boolean timedOut() {
        return waiter.timedOut() || waitQueue.timedOut();
    }

    /**
     * Returns the number of the lane of the current message, in a pipe for many senders and one
     * receiver.
     *
     * @return the sender's slot; valid only inside the handler
     */
    public int currentLane() {
        return lane.currentLane();
    }

    /**
     * Returns where the current message of {@link #pollUnacknowledged} ends in its lane, in a pipe
     * for many senders and one receiver.
     *
     * @return the position of its end, as of its sender; valid only inside the handler
     */
    public long currentEnd() {
        return lanes.receiver(lane.currentLane()).position();
    }

    /** Waits after a poll that found no message. */
    private int await(MessageHandler handler, int limit, int longest, long nanos)
            throws InterruptedException {
        if (endOfStream) {
            return -1;
        }
        waiter.start(nanos);
        int count = 0;
        try {
            try {
                boolean more;
                do {
                    more = waiter.pause();
                    count =
                            handler instanceof ControlledBatch controlled
                                    ? poll(controlled, limit)
                                    : poll(handler, limit, longest);
                    if (count > 0) {
                        return count;
                    }
                } while (more && !endOfStream);
                return endOfStream ? -1 : 0;
            } finally {
                stopWaiting();
            }
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        }
    }

    /**
     * Ends the waiting. If a sender had selected this receiver to be woken, and messages remain,
     * passes the wake-up to another receiver.
     */
    private void stopWaiting() {
        waiter.stop();
        membership.publishWaitCounts(waiter);
        if (shared) {
            readySet.passWakeup();
        }
        MappingFault.poll();
    }

    /**
     * Tests whether the last call found the end of the stream.
     *
     * @return whether all senders had left, and no message of theirs remained
     */
    public boolean isEndOfStream() {
        return endOfStream;
    }

    /**
     * Returns how often the current message was handed out before.
     *
     * @return 0 for the first time; valid only inside the handler
     */
    public int deliveryAttempt() {
        try {
            int attempt = lane.deliveryAttempt();
            MappingFault.poll();
            return attempt;
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        }
    }

    /**
     * Returns this end's position.
     *
     * @return a number that grows with every message received here
     */
    public long position() {
        return lane.position();
    }

    /**
     * Tests whether this end limits the senders.
     *
     * @return false for an end of a broadcast that is lossy, or was demoted by a sender
     */
    public boolean isGated() {
        return lanes.allMatch(LaneReceiver::isGated);
    }

    /**
     * Returns the number of messages that senders of a broadcast have overwritten before they were
     * received here.
     *
     * @return the number
     */
    public long lostMessages() {
        return lanes.sum(LaneReceiver::lostMessages);
    }

    /**
     * Returns the bytes of these messages.
     *
     * @return the number of bytes, including the overhead of each message
     */
    public long lostBytes() {
        return lanes.sum(LaneReceiver::lostBytes);
    }

    /**
     * Returns the place of the next message in a broadcast with one sender.
     *
     * @return the place
     * @throws UnsupportedOperationException if this is another kind of pipe
     */
    public PipePosition place() {
        membership.checkOpen();
        return lane.place();
    }

    /** Makes an aborted message known to the receivers that may take it. */
    private void onAborted() {
        readySet.rescan();
        if (shared) {
            membership.notifier().wakeAll();
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
     * Leaves the pipe, and wakes the senders that wait for room, so that they observe it.
     * Afterwards this end has left, even if peers have corrupted the memory.
     *
     * @throws IllegalStateException if a handler of this receiver calls it
     */
    @Override
    public void close() {
        if (usage.get(CALLER) == Thread.currentThread().threadId()) {
            throw inUse("close it");
        }
        if (membership.tryClose()) {
            MappingFault.bestEffort(futexEvent::forceNotify);
        }
    }

    private void leave() {
        boolean complete =
                keeping == null || !keeping.endAcknowledgements() || releaseUnacknowledged();
        List<AutoCloseable> rest =
                Arrays.asList(
                        lanes::leave,
                        () -> MappingFault.bestEffort(lanes::wakeSendersOfUnopenedLanes),
                        lanes,
                        notifyFd);
        membership.leave(rest, complete);
    }

    /**
     * Releases the messages that were not acknowledged, as after a death, before peers see that
     * this end has left: so they find them before the end of the stream.
     *
     * @return false if the system refuses it now
     */
    private boolean releaseUnacknowledged() {
        try {
            for (int i = 0; i < lanes.size(); i++) {
                RingMemory memory = lanes.memory(i);
                if (memory != null) {
                    int lane = i;
                    MappingFault.bestEffort(() -> membership.releaseOwn(lane, memory));
                }
            }
            return true;
        } catch (UncheckedIOException e) {
            return false;
        }
    }
}
