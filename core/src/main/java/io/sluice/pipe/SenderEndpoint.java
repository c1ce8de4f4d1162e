package io.sluice.pipe;

import io.sluice.BrokenChannelException;
import io.sluice.ChannelCorruptedException;
import io.sluice.QuotaExceededException;
import io.sluice.memory.MappingFault;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import io.sluice.pipe.storage.MetaDescriptor;
import io.sluice.pipe.storage.Participants.PeerWatch;
import io.sluice.pipe.storage.PipeFiles;
import io.sluice.pipe.storage.PipeLayout;
import io.sluice.pipe.storage.PipeLayout.Feature;
import io.sluice.pipe.storage.PipeLayout.PipeSide;
import io.sluice.ring.Doorbell;
import io.sluice.ring.LaneDescriptor;
import io.sluice.ring.LaneSender;
import io.sluice.ring.RendezvousLaneSender;
import io.sluice.ring.SegmentedRingSender;
import io.sluice.ring.SpscRingSender;
import io.sluice.wait.FutexEvent;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.agrona.concurrent.IdleStrategy;

/**
 * A sender's end of a pipe. It checks a message, writes it to its lane, announces it, waits for
 * room, and translates what fails. One message at a time may be claimed, to be written in place.
 *
 * <p>Guarantee: a {@code try} method is wait-free, unless the lane grows or the pipe is a
 * rendezvous; the others block. One thread at a time, except {@link #close}.
 */
public final class SenderEndpoint extends PipeEndpoint {
    /** The offset of the claimed message if none is. */
    private static final long NONE = -1;

    /**
     * The longest message of the flat method: the copy of a longer one costs more inlined there.
     */
    private static final int MAX_FLAT_LENGTH = 128;

    /** In place of the offset in a source: what room is needed for. */
    private static final long FOR_CLAIM = 0;

    private static final long FOR_BATCH = 1;

    private final RingMemory file;
    private final LaneSender lane;
    private final PeerWatch receivers;
    private final Doorbell doorbell;
    private final FutexEvent futexEvent;
    private final Waiter waiter;
    private final WaitQueue waitQueue;
    private final boolean retained;
    private final int maxLength;
    private final int maxFlatLength;

    /** The lane if it is one ring for one receiver, else null. */
    private final SpscRingSender ring;

    /** The lane if it is a list of rings, else null. */
    private final SegmentedRingSender segmented;

    /** Null unless this is a rendezvous pipe. */
    private final HandOver handOver;

    private final SenderBatch batch;
    private final boolean dropping;
    private long droppedBefore;

    private long claimOffset = NONE;
    private int claimLength;

    /** Whether the claimed message is shorter than what was claimed. */
    private boolean claimShortened;

    private SenderEndpoint(
            Membership membership, RingMemory file, LaneSender lane, IdleStrategy idle, int spins) {
        super(membership);
        PipeLayout pipeLayout = membership.files().pipeLayout();
        this.receivers = membership.peers();
        this.file = file;
        membership.useOpenLanes(index -> index == membership.index() ? file : null);
        this.lane = lane;
        this.retained = pipeLayout.has(Feature.RETAIN_WITHOUT_RECEIVERS);
        this.dropping = pipeLayout.has(Feature.DROP_OLDEST);
        this.droppedBefore = file.control().getLong(LaneDescriptor.DROPPED_OFFSET);
        this.maxLength = maxMessageLength(pipeLayout);
        this.maxFlatLength = Math.min(maxLength, MAX_FLAT_LENGTH);
        this.ring = lane instanceof SpscRingSender spsc ? spsc : null;
        this.segmented = lane instanceof SegmentedRingSender rings ? rings : null;
        this.doorbell = new Doorbell(file.control(), membership.index(), membership.notifier());
        this.futexEvent = new FutexEvent(file.control(), LaneDescriptor.SENDER_EVENT_OFFSET);
        this.handOver =
                lane instanceof RendezvousLaneSender rendezvous
                        ? new HandOver(this, rendezvous)
                        : null;
        this.batch =
                new SenderBatch(
                        this,
                        handOver == null
                                ? LaneDescriptor.maxBatchLength(pipeLayout.capacity())
                                : 0);
        Waiter.Hook waitHook = handOver == null ? Waiter.Hook.NO_OP : Waiter.Hook.WAKERS_FENCE;
        this.waiter = membership.newWaiter(futexEvent, waitHook, idle, spins);
        this.waitQueue = newWaitQueue(futexEvent, Waiter.Hook.NO_OP);
        membership.onLeave(this::leave);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if this is a rendezvous pipe: no receiver announces that it
     *     waits
     */
    @Override
    public WaitQueue waitQueue() {
        if (handOver != null) {
            throw new IllegalArgumentException(
                    "a select cannot send on a rendezvous pipe: "
                            + membership.path()
                            + "; receive from it, use a bounded pipe, or a rendezvous mailbox");
        }
        return waitQueue;
    }

    /**
     * Attaches a sender in any slot.
     *
     * @param files the pipe
     * @param idle what the end does between two checks; null for an end that blocks in the kernel
     * @param spins the number of checks before it blocks, or {@link Waiter#DEFAULT_SPINS}
     * @return the sender's end
     * @throws IOException if the pipe is gone, or there is no space for its lane
     * @throws IllegalStateException if the pipe already has its maximum number of senders
     * @throws ChannelCorruptedException if the lane of every free slot is corrupt
     */
    static SenderEndpoint attach(PipeFiles files, IdleStrategy idle, int spins) throws IOException {
        return attach(files, idle, spins, Membership.ANY_SLOT);
    }

    /**
     * Attaches a sender.
     *
     * @param files the pipe
     * @param idle what the end does between two checks; null for an end that blocks in the kernel
     * @param spins the number of checks before it blocks, or {@link Waiter#DEFAULT_SPINS}
     * @param slot the number of the slot, or {@link Membership#ANY_SLOT}
     * @return the sender's end
     * @throws IOException if the pipe is gone, or there is no space for its lane
     * @throws IllegalStateException if the pipe already has its maximum number of senders
     * @throws ChannelCorruptedException if the lane of every free slot is corrupt
     */
    static SenderEndpoint attach(PipeFiles files, IdleStrategy idle, int spins, int slot)
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
                            slot,
                            0,
                            (attaching, index) -> {
                                PipeFiles.closeAll(Arrays.asList(file[0]));
                                files.createLane(index);
                                long segmentBytes = files.pipeLayout().ringLength();
                                file[0] =
                                        attaching
                                                .events()
                                                .watchGrowth(
                                                        index, files.openLane(index), segmentBytes);
                                Doorbell.checkNotPoisoned(file[0].control(), index);
                                lane[0] = LaneFlavor.of(files.pipeLayout()).sender(file[0]);
                            });
            SenderEndpoint made = new SenderEndpoint(membership, file[0], lane[0], idle, spins);
            made.gateReceivers();
            MappingFault.poll();
            end = made;
            return end;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (RuntimeException | Error e) {
            throw PipeEvents.translate(files, e);
        } finally {
            if (end == null) {
                PipeFiles.closeAll(Arrays.asList(membership, file[0]));
            }
        }
    }

    /**
     * Closes the gates of the receivers of a broadcast that have not opened this lane yet: they
     * begin with this sender's first message. A receiver that attaches at the same time looks for
     * lanes after that, so one of the two sees the other.
     */
    private void gateReceivers() {
        PipeLayout pipeLayout = membership.files().pipeLayout();
        if (!pipeLayout.has(Feature.BROADCAST)) {
            return;
        }
        for (int i = 0; i < pipeLayout.receivers(); i++) {
            if (membership
                    .participants()
                    .isAttachedWith(pipeLayout.senders() + i, MetaDescriptor.GATED)) {
                ring.gate(i);
            }
        }
    }

    /**
     * Returns the maximum message length of a pipe.
     *
     * @param pipeLayout the geometry of the pipe
     * @return the length in bytes
     */
    static int maxMessageLength(PipeLayout pipeLayout) {
        return LaneFlavor.of(pipeLayout).maxMessageLength(pipeLayout.capacity());
    }

    /** Returns the sender's lane. */
    LaneSender lane() {
        return lane;
    }

    /**
     * Returns the position of the next message.
     *
     * @return the position, in bytes since the lane was created
     */
    public long position() {
        return lane.position();
    }

    /**
     * Returns how much the lane has carried, from any sender.
     *
     * @return the position of the next message, in bytes since the lane was created
     * @throws UnsupportedOperationException if the lane stores no messages
     * @throws IllegalStateException if this end is closed
     */
    public long lanePosition() {
        membership.checkOpen();
        if (membership.files().pipeLayout().has(Feature.RENDEZVOUS)) {
            throw new UnsupportedOperationException(
                    path() + " is a rendezvous pipe: it stores no messages, and has no positions");
        }
        return lane.position();
    }

    /**
     * Returns the position up to which the receiver of a bounded lane has taken messages: {@link
     * #position} after a send tells whether that message is among them.
     *
     * @return a position; messages that end after it were not handed out, if the receiver has left
     * @throws ChannelCorruptedException if a peer has truncated the lane
     */
    public long takenPosition() {
        try {
            Memory control = file.control();
            long received = control.getLong(LaneDescriptor.RECEIVER_POSITION_OFFSET);
            long taken = control.getLong(LaneDescriptor.TAKEN_POSITION_OFFSET);
            MappingFault.poll();
            return Math.max(received, taken);
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        }
    }

    /**
     * Returns the maximum message length.
     *
     * @return the length in bytes
     */
    public int maxLength() {
        return maxLength;
    }

    /** Returns the longest message that the flat methods of this end and of its batch take. */
    int maxFlatLength() {
        return maxFlatLength;
    }

    /**
     * Sends a message if there is room; on a rendezvous pipe, if a receiver takes it immediately.
     *
     * @param source the bytes that hold the message
     * @param offset the offset of the message in the source
     * @param length the message's length in bytes
     * @return whether it was sent
     * @throws BrokenChannelException if all receivers have left
     */
    public boolean trySend(byte[] source, int offset, int length) {
        try {
            return trySendFlat(source, offset, length)
                    || tryWrite(source, offset, length)
                            && (handOver == null || handOver.tryAwait());
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        }
    }

    /**
     * Sends a message if there is room, as {@link #trySend(byte[], int, int)}.
     *
     * @param source the memory that holds the message
     * @param offset the offset of the message in the source
     * @param length the message's length in bytes
     * @return whether it was sent
     * @throws BrokenChannelException if all receivers have left
     */
    public boolean trySend(MemorySegment source, long offset, int length) {
        try {
            return trySendFlat(source, offset, length)
                    || tryWrite(source, offset, length)
                            && (handOver == null || handOver.tryAwait());
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        }
    }

    /**
     * Sends a message in the common case: there is room, and no end has attached or left. One flat
     * method: everything rare is left to the caller's general way, and nothing of it returns here.
     * The caller translates what is thrown, also later: a fault of this method may be pending. A
     * lane that drops messages takes the general way, in which it probes for dead receivers.
     *
     * @param source the bytes that hold the message
     * @param offset the offset of the message in the source
     * @param length the message's length in bytes
     * @return whether it was sent and announced; if not, nothing was done
     */
    private boolean trySendFlat(byte[] source, int offset, int length) {
        if (length < 0 || length > maxFlatLength || !receivers.isUnchanged()) {
            return false;
        }
        SpscRingSender spsc = spscRing();
        if (spsc != null
                ? !spsc.tryWriteWithinLimit(source, offset, length)
                : dropping || !lane.tryWriteWithinLimit(source, offset, length)) {
            return false;
        }
        announce();
        MappingFault.poll();
        return true;
    }

    /**
     * Sends a message in the common case, as {@link #trySendFlat(byte[], int, int)}.
     *
     * @param source the memory that holds the message
     * @param offset the offset of the message in the source
     * @param length the message's length in bytes
     * @return whether it was sent and announced; if not, nothing was done
     */
    private boolean trySendFlat(MemorySegment source, long offset, int length) {
        if (length < 0 || length > maxFlatLength || !receivers.isUnchanged()) {
            return false;
        }
        SpscRingSender spsc = spscRing();
        if (spsc != null
                ? !spsc.tryWriteWithinLimit(source, offset, length)
                : dropping || !lane.tryWriteWithinLimit(source, offset, length)) {
            return false;
        }
        announce();
        MappingFault.poll();
        return true;
    }

    /** Writes a message to the lane, which sends it, or offers it if this is a rendezvous pipe. */
    private boolean tryWrite(byte[] source, int offset, int length) {
        Objects.requireNonNull(source, "source");
        check(length);
        if (lane.tryWrite(source, offset, length)) {
            announceOrOffer();
            return true;
        }
        return onFull();
    }

    /** Does what {@link #tryWrite(byte[], int, int)} does, from a segment. */
    private boolean tryWrite(MemorySegment source, long offset, int length) {
        Objects.requireNonNull(source, "source");
        check(length);
        if (lane.tryWrite(source, offset, length)) {
            announceOrOffer();
            return true;
        }
        return onFull();
    }

    /** Returns the ring that is written now; null if it has many receivers, or timestamps. */
    SpscRingSender spscRing() {
        return segmented == null ? ring : segmented.spscRing();
    }

    /**
     * Announces a message, if a receiver has requested notification; to be called after each
     * message.
     *
     * @return whether a receiver may have been notified
     */
    boolean announce() {
        return doorbell.needsNotify() && doorbell.ring();
    }

    private void announceOrOffer() {
        if (handOver == null) {
            announce();
        } else {
            handOver.announce();
        }
        MappingFault.poll();
    }

    private void check(int length) {
        checkLength(length);
        if (isBroken()) {
            throw broken();
        }
    }

    /** Checks the length of a message. */
    void checkLength(int length) {
        if (length < 0 || length > maxLength) {
            throw new IllegalArgumentException(
                    "a message of "
                            + length
                            + " bytes; this pipe carries 0.."
                            + maxLength
                            + ": make it with a larger capacity, or split the message");
        }
    }

    /**
     * Throws the reason for a failed write: this end is closed, a message is claimed, a batch is
     * open, or the pipe is broken. Returns false if the lane is full.
     */
    private boolean onFull() {
        membership.checkOpen();
        if (isClaimed()) {
            throw new IllegalStateException(
                    "a message of "
                            + claimLength
                            + " bytes is claimed: commit or abort it; if another thread did that,"
                            + " open a sender for each thread, of a pipe for many");
        }
        batch.checkNotOpen();
        if (checkPeers()) {
            throw broken();
        }
        MappingFault.poll();
        return false;
    }

    /**
     * Sends a message, and blocks while there is no room; on a rendezvous pipe, until a receiver
     * has taken it.
     *
     * @param source the bytes that hold the message
     * @param offset the offset of the message in the source
     * @param length the message's length in bytes
     * @param nanos the timeout, as in {@link Waiter#start}
     * @return whether it was sent; always true without a timeout
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was sent
     * @throws BrokenChannelException if all receivers have left; nothing was sent
     */
    public boolean send(byte[] source, int offset, int length, long nanos)
            throws InterruptedException {
        return send(Objects.requireNonNull(source, "source"), null, offset, length, nanos);
    }

    /**
     * Sends a message, and blocks, as {@link #send(byte[], int, int, long)}.
     *
     * @param source the memory that holds the message
     * @param offset the offset of the message in the source
     * @param length the message's length in bytes
     * @param nanos the timeout, as in {@link Waiter#start}
     * @return whether it was sent; always true without a timeout
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was sent
     * @throws BrokenChannelException if all receivers have left; nothing was sent
     */
    public boolean send(MemorySegment source, long offset, int length, long nanos)
            throws InterruptedException {
        return send(null, Objects.requireNonNull(source, "source"), offset, length, nanos);
    }

    private boolean send(byte[] array, MemorySegment segment, long offset, int length, long nanos)
            throws InterruptedException {
        boolean entered = membership.enter();
        try {
            return (tryPut(array, segment, offset, length)
                            || await(array, segment, offset, length, nanos))
                    && (handOver == null || handOver.await(nanos));
        } finally {
            membership.exit(entered);
        }
    }

    /**
     * Writes the message of the array or of the segment; without either, claims room for it, or
     * begins a batch.
     */
    private boolean tryPut(byte[] array, MemorySegment segment, long offset, int length) {
        try {
            if (array != null) {
                return trySendFlat(array, (int) offset, length)
                        || tryWrite(array, (int) offset, length);
            }
            if (segment != null) {
                return trySendFlat(segment, offset, length) || tryWrite(segment, offset, length);
            }
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        }
        return offset == FOR_CLAIM ? tryClaim(length) : tryBatch(length);
    }

    /** Waits for room. */
    private boolean await(byte[] array, MemorySegment segment, long offset, int length, long nanos)
            throws InterruptedException {
        checkMayWait();
        startWaiting(nanos);
        try {
            try {
                while (waiter.pause()) {
                    if (tryPut(array, segment, offset, length)) {
                        return true;
                    }
                }
                return tryPut(array, segment, offset, length);
            } finally {
                stopWaiting();
            }
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        }
    }

    /**
     * Claims room for a message, if there is any.
     *
     * @param length the message's length in bytes
     * @return whether it was claimed
     * @throws BrokenChannelException if all receivers have left
     */
    public boolean tryClaim(int length) {
        try {
            long offset = tryClaimFlat(length);
            if (offset < 0) {
                check(length);
                offset = lane.tryClaim(length);
                if (offset < 0) {
                    return onFull();
                }
            }
            claimOffset = offset;
            claimLength = length;
            claimShortened = false;
            return true;
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        }
    }

    /** Claims room in the common case of {@link #trySendFlat(byte[], int, int)}, or returns -1. */
    private long tryClaimFlat(int length) {
        return ring != null && length >= 0 && length <= maxLength && receivers.isUnchanged()
                ? ring.tryClaimWithinLimit(length)
                : -1;
    }

    /**
     * Claims room for a message, and blocks while there is none.
     *
     * @param length the message's length in bytes
     * @param nanos the timeout, as in {@link Waiter#start}
     * @return whether it was claimed; always true without a timeout
     * @throws InterruptedException if this thread was interrupted while it waited
     * @throws BrokenChannelException if all receivers have left
     */
    public boolean claim(int length, long nanos) throws InterruptedException {
        boolean claimed;
        boolean entered = membership.enter();
        try {
            claimed =
                    tryPut(null, null, FOR_CLAIM, length)
                            || await(null, null, FOR_CLAIM, length, nanos);
        } finally {
            membership.exit(entered);
        }
        if (claimed && !isClaimed()) {
            membership.checkOpen(); // Closed meanwhile by another thread.
        }
        return claimed;
    }

    /**
     * Returns the batch of this sender.
     *
     * @return always the same object
     */
    public SenderBatch batch() {
        return batch;
    }

    /** Begins a batch if there is room for it. */
    boolean tryBatch(int length) {
        try {
            if (isBroken()) {
                throw broken();
            }
            if (!lane.tryBatch(length)) {
                return onFull();
            }
            batch.open();
            return true;
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        }
    }

    /** Begins a batch, and blocks while there is no room for it. */
    boolean batch(int length, long nanos) throws InterruptedException {
        boolean begun;
        boolean entered = membership.enter();
        try {
            begun =
                    tryPut(null, null, FOR_BATCH, length)
                            || await(null, null, FOR_BATCH, length, nanos);
        } finally {
            membership.exit(entered);
        }
        if (begun && !batch.isOpen()) {
            membership.checkOpen(); // Closed meanwhile by another thread.
        }
        return begun;
    }

    /**
     * Tests whether a message is claimed.
     *
     * @return whether it was neither committed nor aborted
     */
    public boolean isClaimed() {
        return claimOffset >= 0;
    }

    /**
     * Returns the memory that contains the claimed message.
     *
     * @return a segment that is larger than the message
     * @throws IllegalStateException if nothing is claimed
     */
    public MemorySegment claimBase() {
        claimOffset();
        return lane.ring().bytes(); // A lane does not change its ring while a message is claimed.
    }

    /**
     * Returns the offset of the claimed message in {@link #claimBase}.
     *
     * @return the offset in bytes
     * @throws IllegalStateException if nothing is claimed
     */
    public long claimOffset() {
        long offset = claimOffset; // A concurrent close may abort the claim.
        if (offset < 0) {
            membership.checkOpen();
            throw new IllegalStateException(
                    "nothing is claimed: it was committed or aborted; if another thread did that,"
                            + " open a sender for each thread, of a pipe for many");
        }
        return offset;
    }

    /**
     * Returns the length of the message that was claimed last.
     *
     * @return the length in bytes
     */
    public int claimLength() {
        return claimLength;
    }

    /**
     * Shortens the claimed message.
     *
     * @param actualLength the message's length in bytes
     * @throws IllegalArgumentException if it is not in 0 to what was claimed
     * @throws IllegalStateException if nothing is claimed
     */
    public void shortenClaim(int actualLength) {
        claimOffset();
        if (actualLength < 0 || actualLength > claimLength) {
            throw new IllegalArgumentException(
                    "actualLength="
                            + actualLength
                            + " is not in 0.."
                            + claimLength
                            + ", the claimed one");
        }
        claimShortened = actualLength < claimLength;
        claimLength = actualLength;
    }

    /**
     * Sends the claimed message; on a rendezvous pipe, blocks uninterruptibly until a receiver has
     * taken it.
     *
     * @throws IllegalStateException if nothing is claimed
     */
    public void commit() {
        boolean entered = membership.enter();
        try {
            publish();
            if (handOver != null) {
                handOver.awaitUninterruptibly();
            }
        } finally {
            membership.exit(entered);
        }
    }

    /**
     * Sends the claimed message; on a rendezvous pipe, if a receiver takes it immediately.
     *
     * @return whether it was sent
     * @throws IllegalStateException if nothing is claimed
     */
    public boolean tryCommit() {
        publish();
        return handOver == null || handOver.tryAwait();
    }

    /**
     * Sends the claimed message; on a rendezvous pipe, blocks until a receiver has taken it.
     *
     * @param nanos the timeout, as in {@link Waiter#start}
     * @return whether it was sent
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was sent
     * @throws IllegalStateException if nothing is claimed
     */
    public boolean commit(long nanos) throws InterruptedException {
        boolean entered = membership.enter();
        try {
            publish();
            return handOver == null || handOver.await(nanos);
        } finally {
            membership.exit(entered);
        }
    }

    private void publish() {
        claimOffset();
        try {
            commitOrAbort();
            announceOrOffer();
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        }
    }

    private void commitOrAbort() {
        boolean committed = false;
        claimOffset = NONE;
        try {
            if (claimShortened) {
                lane.commitShorter(claimLength);
            } else {
                lane.commit(claimLength);
            }
            committed = true;
        } finally {
            if (!committed) {
                lane.abort(); // The next call must report the cause, not an active claim.
            }
        }
    }

    /**
     * Releases the claimed room.
     *
     * @throws IllegalStateException if nothing is claimed
     */
    public void abort() {
        claimOffset();
        lane.abort();
        claimOffset = NONE;
    }

    /**
     * Tests whether the pipe is known to be broken. Called for every message.
     *
     * @return whether all receivers have left, and the pipe is not retained without receivers
     */
    private boolean isBroken() {
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
            reportDropped(dropped);
            membership.onIdle(0, false);
        }
    }

    private void reportDropped(long dropped) {
        membership.events().dropped(membership.index(), dropped - droppedBefore);
        droppedBefore = dropped;
    }

    /**
     * Probes the liveness of all other ends now, so that the next call finds those that died.
     *
     * @throws ChannelCorruptedException if a peer has truncated a file of the pipe
     */
    public void probePeers() {
        try {
            membership.probeAll();
            MappingFault.poll();
        } catch (RuntimeException | Error e) {
            throw membership.translate(e);
        }
    }

    /**
     * Tests whether the pipe is broken, and probes the liveness of its ends; to be called after an
     * attempt that found no room.
     *
     * @return whether the pipe is broken
     * @throws ChannelCorruptedException if the lane holds what no receiver writes
     */
    boolean checkPeers() {
        if (membership.onIdle(lane.receiverProgress(), waiter.timedOut() || waitQueue.timedOut())) {
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
     * Returns the exception for a broken pipe.
     *
     * @throws IllegalStateException if this end is closed
     */
    BrokenChannelException broken() {
        membership.checkOpen();
        return new BrokenChannelException(
                membership.path()
                        + ": "
                        + membership.describePeers()
                        + " has left or died: wait for another with awaitReceiver, or make the"
                        + " pipe with retainWithoutReceivers");
    }

    /**
     * Checks that this end may wait for room; to be called before it waits.
     *
     * @throws QuotaExceededException if the pipe is configured to fail at its quota
     */
    private void checkMayWait() {
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

    /** Returns the waiter of this end. */
    Waiter waiter() {
        return waiter;
    }

    /**
     * Begins to wait, in a call that has {@linkplain Membership#enter entered}.
     *
     * @param nanos the timeout, as in {@link Waiter#start}
     */
    void startWaiting(long nanos) {
        waiter.start(nanos);
    }

    /** Ends the waiting. Must follow each {@link #startWaiting}. */
    void stopWaiting() {
        waiter.stop();
        membership.publishWaitCounts(waiter);
        MappingFault.poll();
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
            if (isClaimed()) {
                MappingFault.bestEffort(this::abort);
            }
            if (batch.isOpen()) {
                MappingFault.bestEffort(batch::abort);
            }
            if (dropping) {
                MappingFault.bestEffort(
                        () -> reportDropped(file.control().getLong(LaneDescriptor.DROPPED_OFFSET)));
            }
            MappingFault.bestEffort(lane::close);
            MappingFault.bestEffort(doorbell::close);
        } finally {
            membership.leave(List.of(file));
        }
    }
}
