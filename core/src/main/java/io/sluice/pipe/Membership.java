package io.sluice.pipe;

import io.sluice.ChannelCorruptedException;
import io.sluice.InvalidPipeException;
import io.sluice.linux.Membarrier;
import io.sluice.memory.MappingFault;
import io.sluice.memory.Memory;
import io.sluice.memory.PaddedLongs;
import io.sluice.memory.RingMemory;
import io.sluice.pipe.storage.MetaDescriptor;
import io.sluice.pipe.storage.Participants;
import io.sluice.pipe.storage.Participants.PeerWatch;
import io.sluice.pipe.storage.PipeFiles;
import io.sluice.pipe.storage.PipeLayout;
import io.sluice.pipe.storage.PipeLayout.Feature;
import io.sluice.pipe.storage.PipeLayout.PipeSide;
import io.sluice.ring.Notifier;
import io.sluice.wait.Deadline;
import io.sluice.wait.FutexEvent;
import io.sluice.wait.Occupancy;
import io.sluice.wait.Waiter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import org.agrona.concurrent.IdleStrategy;

/**
 * The membership of one end in a pipe: its participant slot, its view of the other side, and the
 * detection of dead participants.
 *
 * <p>Liveness uses open-file-description locks, so detecting a death takes a system call per
 * participant. An end probes only when it makes no progress, and then at most one participant per
 * elapsed millisecond; {@link PeerWatch} reports for every message what has been detected so far.
 *
 * <p>One thread at a time, except {@link #close}.
 */
final class Membership implements AutoCloseable {
    /** In place of a slot's number: the first free one. */
    static final int ANY_SLOT = -1;

    /** Idle calls per reading of the clock: a round trip takes fewer. */
    private static final int CALLS_PER_CLOCK_READ = 256;

    /** Minimum time between two liveness probes. */
    private static final long PROBE_INTERVAL_NANOS = 1_000_000;

    /** Probes per check of the state that the hot path does not read. */
    private static final int PROBES_PER_CHECK = 8;

    private static final int IDLE_CALLS = 0;
    private static final int LAST_PROBE = 1;
    private static final int PROGRESS = 2;
    private static final int PROBES = 3;
    private static final int NEXT_PEER = 4;
    private static final int NEXT_ON_OWN_SIDE = 5;

    /** A task for an end that holds its lock, and is not attached yet. */
    interface Preparation {
        /**
         * Runs the task, perhaps again for another slot.
         *
         * @param membership the attachment to be
         * @param participant the slot
         * @throws IOException if a file cannot be used
         */
        void run(Membership membership, int participant) throws IOException;
    }

    private final PipeFiles files;
    private final PipeLayout pipeLayout;
    private final PipeSide pipeSide;
    private final Participants participants;
    private final PeerWatch peers;
    private final Notifier notifier;
    private final Recovery recovery;
    private final PipeEvents events;
    private final PaddedLongs probeState = new PaddedLongs();
    private final Occupancy occupancy;

    /** The task that runs when this end leaves; it ends with {@link #leave}. */
    private Runnable leaveTask = () -> leave(List.of());

    private Membership(PipeFiles files, PipeSide pipeSide, Participants participants) {
        this.files = files;
        this.pipeLayout = files.pipeLayout();
        this.pipeSide = pipeSide;
        this.participants = participants;
        this.notifier = newNotifier();
        this.recovery = new Recovery(files, this);
        this.events = new PipeEvents(files);
        this.peers = participants.watch(pipeSide.opposite());
        this.occupancy = new Occupancy(() -> leaveTask.run(), () -> closed(null));
    }

    /**
     * Attaches an end.
     *
     * @param files the pipe
     * @param pipeSide the side of the pipe to attach to
     * @param slot the number of the slot on that side, or {@link #ANY_SLOT}
     * @param abilities bits such as {@link MetaDescriptor#GATED}
     * @param preparation the task to run before the end becomes visible to other participants
     * @return the attachment
     * @throws IOException if the pipe is gone, or from the preparation
     * @throws IllegalStateException if the side has no free participant slot
     */
    static Membership attach(
            PipeFiles files, PipeSide pipeSide, int slot, long abilities, Preparation preparation)
            throws IOException {
        files.retain();
        Participants participants = null;
        try {
            participants = files.openMeta();
            Membership membership = new Membership(files, pipeSide, participants);
            long all = abilities | (Membarrier.registerGlobal() ? MetaDescriptor.MEMBARRIER : 0);
            int first = pipeSide.first(files.pipeLayout());
            int begin = slot == ANY_SLOT ? first : first + slot;
            int end = slot == ANY_SLOT ? pipeSide.end(files.pipeLayout()) : begin + 1;
            if (!participants.attach(
                    begin,
                    end,
                    all,
                    membership.recovery,
                    participant -> preparation.run(membership, participant))) {
                throw new IllegalStateException(membership.noFreeSlot());
            }
            return membership;
        } catch (IOException | RuntimeException | Error e) {
            if (participants != null) {
                participants.close();
            }
            files.release();
            throw e;
        }
    }

    private String noFreeSlot() {
        int first = pipeSide.first(pipeLayout);
        int places = pipeSide.end(pipeLayout) - first;
        if (places == 1) {
            return String.format(
                    "%1$s has its %2$s already (process %3$d), and was made for one: close that end"
                            + " first, or make it with %2$ss(Ends.MANY)",
                    path(), pipeSide.endName(), participants.pid(first));
        }
        return String.format(
                "%s has %d %ss, as many as it was made for: close one of them first, or make it for"
                        + " more",
                path(), places, pipeSide.endName());
    }

    /**
     * Returns this end's view of the other side.
     *
     * @return always the same object
     */
    PeerWatch peers() {
        return peers;
    }

    /** Returns what reports this end's events. */
    PipeEvents events() {
        return events;
    }

    /** Returns the waiter of this end; an idle strategy, if there is one, never blocks. */
    Waiter newWaiter(FutexEvent event, Waiter.Hook hook, IdleStrategy idle, int spins) {
        return idle == null
                ? Waiter.futex(event, watchWaits(hook), this::fence, spins)
                : Waiter.idle(idle);
    }

    /** Returns the steps of a wait of this end that also report it. */
    Waiter.Hook watchWaits(Waiter.Hook hook) {
        return events.watchWaits(this, pipeSide == PipeSide.SENDERS, hook);
    }

    /**
     * Registers an end to be closed when it becomes unreachable.
     *
     * @param user the object that users of the end hold; nothing in the end may refer to it
     * @param closeTask the task that closes the end
     * @return the registration, to be cleaned when the end is closed
     */
    Cleaner.Cleanable onUnreachable(Object user, Runnable closeTask) {
        String name = "a " + pipeSide.endName() + " of " + path();
        return PipeFiles.onUnreachable(
                user, new LeakedEnd("end", name, "place", this::isClosed, closeTask));
    }

    /**
     * Sets the task to run when this end leaves the pipe.
     *
     * @param farewell the task, which ends with {@link #leave}
     */
    void onLeave(Runnable farewell) {
        this.leaveTask = farewell;
    }

    /**
     * Waits until an end is attached on the other side, by polling the participant states.
     *
     * @param nanos the timeout in nanoseconds; zero or less does not wait
     * @return whether an end is attached
     * @throws InterruptedException if this thread was interrupted while it waited
     */
    boolean awaitPeer(long nanos) throws InterruptedException {
        boolean entered = enter();
        try {
            Deadline deadline = new Deadline();
            deadline.start(nanos);
            while (!arePeersPresent()) {
                if (!deadline.park(this)) {
                    return false;
                }
                checkOpen();
            }
            return true;
        } finally {
            exit(entered);
        }
    }

    /**
     * Enters a blocking call of this end; every blocking call does this first. Until the matching
     * {@link #exit}, a close by another thread releases no resources. Calls may nest. Must be
     * followed by {@link #exit}, unless it throws.
     *
     * @return the argument for {@link #exit}
     * @throws IllegalStateException if this end is closed
     */
    boolean enter() {
        return occupancy.enter();
    }

    /**
     * Exits a blocking call of this end; every blocking call does this last. If another thread
     * closed the end meanwhile, the end leaves the pipe now.
     *
     * @param entered the result of {@link #enter}
     */
    void exit(boolean entered) {
        occupancy.exit(entered);
    }

    private boolean arePeersPresent() {
        try {
            boolean present =
                    participants.presence(pipeSide.opposite()) == Participants.Presence.PRESENT;
            MappingFault.poll();
            return present;
        } catch (RuntimeException | Error e) {
            throw MappingFault.translate(e);
        }
    }

    /** Publishes the number of futex waits and wake-ups of this end, for monitoring only. */
    void publishWaitCounts(Waiter waiter) {
        if (waiter.sleeps() > 0) {
            long block = pipeLayout.participantOffset(participants.self());
            memory().setLong(block + MetaDescriptor.WAITS_OFFSET, waiter.sleeps());
            memory().setLong(block + MetaDescriptor.WAKEUPS_OFFSET, waiter.wakes());
        }
    }

    /**
     * Probes the liveness of other participants when this end makes no progress; to be called after
     * an attempt that found no message or room. Probes at most once per millisecond, and never
     * while messages flow. Allocates nothing.
     *
     * @param progress a number that changes whenever a message has passed
     * @param napped whether this end has just waited until a timeout: then it probes one
     *     participant for each elapsed millisecond, otherwise one participant
     * @return whether the caller is to check the state that the hot path does not read
     */
    boolean onIdle(long progress, boolean napped) {
        long calls = probeState.get(IDLE_CALLS) + 1;
        if (progress != probeState.get(PROGRESS)) {
            probeState.set(PROGRESS, progress);
            calls = 1;
        }
        probeState.set(IDLE_CALLS, calls);
        if (calls % CALLS_PER_CLOCK_READ != 0 && !napped) {
            return false;
        }
        long now = System.nanoTime();
        long intervals = (now - probeState.get(LAST_PROBE)) / PROBE_INTERVAL_NANOS;
        if (intervals < 1) {
            return false;
        }
        probeState.set(LAST_PROBE, now);
        long probes = probeState.get(PROBES) + 1;
        probeState.set(PROBES, probes);
        peers.invalidate();
        // Alternates the side that is probed first, so that the few participants of one side are
        // not probed as rarely as the many of the other.
        PipeSide first = probes % 2 == 0 ? pipeSide : pipeSide.opposite();
        probe(first, napped ? (int) Math.min(pipeLayout.participants(), intervals) : 1);
        return napped || probes % PROBES_PER_CHECK == 0;
    }

    /**
     * Sets the lanes that this end has open: a recovery uses them, even when their files have been
     * deleted.
     *
     * @param lanes a function from a lane index to the lane's file, or to null if it is not open
     */
    void useOpenLanes(IntFunction<RingMemory> lanes) {
        recovery.useOpenLanes(lanes);
    }

    /** Releases the messages that this end, a receiver, has taken from a lane and not finished. */
    void releaseOwn(int lane, RingMemory memory) {
        recovery.release(lane, memory, participants.self(), index());
        notifier.setReady(lane);
    }

    /** Repeats the recovery of a participant that is no longer attached. */
    void recoverAbsent(PipeSide pipeSide, int index) {
        int participant = pipeSide.first(pipeLayout) + index;
        try {
            participants.recoverAbsent(participant, recovery);
        } catch (IOException | InvalidPipeException e) {
            throw MappingFault.ofFile(path() + ": what participant " + participant + " held", e);
        }
    }

    /**
     * Probes all other participants immediately: at least one system call for each attached one.
     */
    void probeAll() {
        probe(pipeSide, pipeLayout.participants());
    }

    /** Probes up to {@code limit} participants, those of side {@code first} before the others. */
    private void probe(PipeSide first, int limit) {
        int asked = probeSide(first, limit);
        probeSide(first.opposite(), limit - asked);
    }

    /**
     * Probes up to {@code limit} participants of one side, starting where the last call stopped.
     * Slots in which no end is attached do not count.
     *
     * @return the number of participants probed
     */
    private int probeSide(PipeSide asked, int limit) {
        int begin = asked.first(pipeLayout);
        int size = asked.end(pipeLayout) - begin;
        int cursor = asked == pipeSide ? NEXT_ON_OWN_SIDE : NEXT_PEER;
        int next = (int) probeState.get(cursor);
        int count = 0;
        for (int i = 0; i < size && count < limit; i++) {
            int participant = begin + next;
            next = next + 1 < size ? next + 1 : 0;
            if (participant != participants.self() && participants.isAttached(participant)) {
                count++;
                probe(participant);
            }
        }
        probeState.set(cursor, next);
        return count;
    }

    private void probe(int participant) {
        try {
            participants.reapIfDead(participant, recovery);
        } catch (IOException | InvalidPipeException e) {
            throw MappingFault.ofFile(path() + ": the lock of participant " + participant, e);
        }
    }

    /**
     * Executes a full memory fence on the threads of all attached ends, by membarrier(2).
     *
     * @return whether all attached ends passed the fence
     */
    boolean fence() {
        return isFenceable() && Membarrier.fenceAllProcesses();
    }

    /** Tests whether membarrier(2) reaches the threads of all attached ends. */
    boolean isFenceable() {
        return participants.allHaveCapability(MetaDescriptor.MEMBARRIER);
    }

    private Notifier newNotifier() {
        int senders = pipeLayout.senders();
        FutexEvent[] futexEvents = new FutexEvent[pipeLayout.receivers()];
        for (int i = 0; i < futexEvents.length; i++) {
            int block = pipeLayout.participantOffset(senders + i);
            futexEvents[i] = new FutexEvent(memory(), block + MetaDescriptor.EVENT_OFFSET);
        }
        return new Notifier(
                memory(),
                MetaDescriptor.READY_OFFSET,
                senders,
                MetaDescriptor.waitersOffset(senders),
                pipeLayout.has(Feature.BROADCAST),
                futexEvents);
    }

    /** Returns what wakes the receivers of the pipe. */
    Notifier notifier() {
        return notifier;
    }

    /** Adds to a monitoring counter of a participant. */
    void add(int participant, int statisticOffset, long n) {
        long offset = pipeLayout.participantOffset(participant) + statisticOffset;
        memory().setLong(offset, memory().getLong(offset) + n);
    }

    Memory memory() {
        return participants.memory();
    }

    PipeFiles files() {
        return files;
    }

    Participants participants() {
        return participants;
    }

    /** Returns this end's index on its side, from 0. */
    int index() {
        return participants.self() - pipeSide.first(pipeLayout);
    }

    /**
     * Describes the other side, for the message of an exception.
     *
     * @return a few words; if that side has one participant slot, with the process id of its last
     *     end
     */
    String describePeers() {
        PipeSide others = pipeSide.opposite();
        int first = others.first(pipeLayout);
        return others.end(pipeLayout) - first == 1
                ? "its " + others.endName() + " (process " + participants.pid(first) + ")"
                : "its last " + others.endName();
    }

    /**
     * Returns the path by which other processes open the pipe.
     *
     * @return the path
     */
    Path path() {
        return files.path();
    }

    /**
     * Checks that this end is open.
     *
     * @throws IllegalStateException if it is closed
     */
    void checkOpen() {
        if (isClosed()) {
            throw closed(null);
        }
    }

    /**
     * Translates an exception as {@link MappingFault#translate} does. In addition, an error that
     * suggests corrupt memory becomes an {@link IllegalStateException} if this end is closed,
     * because a concurrent close releases the memory.
     *
     * @param thrown the exception caught
     * @return the exception to throw
     */
    RuntimeException translate(Throwable thrown) {
        RuntimeException translated = MappingFault.translate(thrown);
        boolean ofMemory =
                translated instanceof ChannelCorruptedException
                        || translated instanceof UncheckedIOException;
        if (ofMemory && isClosed()) {
            return closed(translated);
        }
        if (translated instanceof ChannelCorruptedException corrupted) {
            events.corrupted(corrupted);
        }
        return translated;
    }

    private IllegalStateException closed(Throwable cause) {
        return new IllegalStateException("this end of " + path() + " is closed", cause);
    }

    /**
     * Tests whether this end is closed.
     *
     * @return whether {@link #close} was called
     */
    boolean isClosed() {
        return occupancy.isClosing();
    }

    @Override
    public void close() {
        tryClose();
    }

    /**
     * Closes this end. The end leaves the pipe at once or, if a thread is inside a blocking call,
     * when that call exits.
     *
     * @return whether a thread may be waiting in a blocking call, and must be woken
     */
    boolean tryClose() {
        return occupancy.close();
    }

    /**
     * Leaves the pipe. The end releases its lock last: a thread that uses the end concurrently,
     * against the rules, then does not write to memory that already belongs to a successor.
     *
     * @param rest the resources to close once the other participants can see that this end has left
     */
    void leave(List<? extends AutoCloseable> rest) {
        leave(rest, true);
    }

    /**
     * Leaves the pipe, as the other method does.
     *
     * @param complete false to leave to peers the recovery of this end, as after its death
     */
    void leave(List<? extends AutoCloseable> rest, boolean complete) {
        // If the memory is unsound, peers find the free lock when their waits time out.
        try (participants) { // Closing them releases the lock.
            if (complete) {
                MappingFault.bestEffort(participants::leave);
            }
            MappingFault.bestEffort(notifier::wakeAll);
            PipeFiles.closeAll(rest);
        } finally {
            files.release();
        }
    }
}
