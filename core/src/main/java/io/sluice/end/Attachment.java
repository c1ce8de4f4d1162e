package io.sluice.end;

import io.sluice.ChannelCorruptedException;
import io.sluice.file.Geometry;
import io.sluice.file.LaneFile;
import io.sluice.file.MetaDescriptor;
import io.sluice.file.MetaView;
import io.sluice.file.OtherSide;
import io.sluice.file.Participants;
import io.sluice.file.PipeFiles;
import io.sluice.file.Presence;
import io.sluice.file.Side;
import io.sluice.lane.FileFailure;
import io.sluice.lane.LaneWatch;
import io.sluice.lane.LostPage;
import io.sluice.lane.SharedBits;
import io.sluice.memory.Memory;
import io.sluice.memory.PrivateWords;
import io.sluice.os.Closing;
import io.sluice.os.Membarrier;
import io.sluice.waiting.Bell;
import io.sluice.waiting.Limit;
import io.sluice.waiting.Occupancy;
import io.sluice.waiting.Waiter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/**
 * The membership of one end in a pipe: its participant slot, its view of the other side, and the
 * detection of dead participants.
 *
 * <p>Liveness uses open-file-description locks, so detecting a death takes a system call per
 * participant. An end probes only when it makes no progress, and then at most one participant per
 * elapsed millisecond; {@link OtherSide} reports for every message what has been detected so far.
 *
 * <p>One thread at a time, except {@link #close}.
 */
public final class Attachment implements AutoCloseable {
    /** Idle calls per reading of the clock: a round trip takes fewer. */
    private static final int CALLS_PER_CLOCK_READ = 256;

    /** Minimum time between two liveness probes. */
    private static final long PROBE_INTERVAL_NANOS = 1_000_000;

    /** Probes per check of the state that the hot path does not read. */
    private static final int PROBES_PER_CHECK = 8;

    private static final long FIRST_NAP_NANOS = 100_000;
    private static final long LONGEST_NAP_NANOS = 10_000_000;

    private static final int CALLS_IN_VAIN = 0;
    private static final int LAST_PROBE = 1;
    private static final int PROGRESS = 2;
    private static final int PROBES = 3;
    private static final int NEXT_ACROSS = 4;
    private static final int NEXT_HERE = 5;

    private final PipeFiles files;
    private final Geometry geometry;
    private final Side side;
    private final MetaView meta;
    private final Memory memory;
    private final Participants participants;
    private final OtherSide others;
    private final Recovery recovery;
    private final PrivateWords known = new PrivateWords();
    private final Occupancy occupancy = new Occupancy();

    /** The task that runs when this end leaves; it ends with {@link #leave}. */
    private Runnable farewell = () -> leave(List.of());

    private Attachment(PipeFiles files, Side side, MetaView meta) {
        this.files = files;
        this.geometry = files.geometry();
        this.side = side;
        this.meta = meta;
        this.memory = meta.memory();
        this.participants = meta.participants();
        this.recovery = new Recovery(files, this);
        this.others = participants.watch(side.other());
    }

    /**
     * Attaches an end.
     *
     * @param files the pipe
     * @param side the side of the pipe to attach to
     * @param preparation the task to run before the end becomes visible to other participants
     * @return the attachment
     * @throws IOException if the pipe is gone, or from the preparation
     * @throws IllegalStateException if the side has no free participant slot
     */
    static Attachment attach(PipeFiles files, Side side, Participants.Task preparation)
            throws IOException {
        files.retain();
        MetaView meta = null;
        try {
            meta = files.openMeta();
            Attachment attachment = new Attachment(files, side, meta);
            long abilities = Membarrier.registerGlobal() ? MetaDescriptor.FENCED : 0;
            if (!meta.participants().attach(side, abilities, attachment.recovery, preparation)) {
                throw new IllegalStateException(attachment.noPlace());
            }
            return attachment;
        } catch (IOException | RuntimeException | Error e) {
            if (meta != null) {
                meta.close();
            }
            files.release();
            throw e;
        }
    }

    private String noPlace() {
        int places = side.end(geometry) - side.first(geometry);
        String what = side == Side.SENDERS ? "sender" : "receiver";
        if (places == 1) {
            return path()
                    + " has its "
                    + what
                    + " already (process "
                    + participants.pid(side.first(geometry))
                    + "), and was made for one: close that end first, or make it for many";
        }
        return path()
                + " has "
                + places
                + " "
                + what
                + "s, as many as it was made for: close one of them first, or make it for more";
    }

    /**
     * Returns this end's view of the other side.
     *
     * @return always the same object
     */
    OtherSide others() {
        return others;
    }

    /**
     * Sets the task to run when this end leaves the pipe.
     *
     * @param farewell the task, which ends with {@link #leave}
     */
    void onLeave(Runnable farewell) {
        this.farewell = farewell;
    }

    /**
     * Waits until an end is attached on the other side, by polling the participant states.
     *
     * @param nanos the timeout in nanoseconds; zero or less does not wait
     * @return whether an end is attached
     * @throws InterruptedException if this thread was interrupted while it waited
     */
    public boolean awaitOthers(long nanos) throws InterruptedException {
        boolean entered = enter();
        try {
            Limit limit = new Limit();
            limit.start(nanos);
            long nap = FIRST_NAP_NANOS;
            while (!othersArePresent()) {
                long left = limit.left();
                if (left <= 0) {
                    return false;
                }
                LockSupport.parkNanos(this, Math.min(nap, left));
                checkOpen();
                nap = Math.min(2 * nap, LONGEST_NAP_NANOS);
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
    public boolean enter() {
        boolean entered = occupancy.enter();
        if (occupancy.isClosing()) {
            exit(entered);
            checkOpen();
        }
        return entered;
    }

    /**
     * Exits a blocking call of this end; every blocking call does this last. If another thread
     * closed the end meanwhile, the end leaves the pipe now.
     *
     * @param entered the result of {@link #enter}
     */
    public void exit(boolean entered) {
        if (entered && occupancy.exit()) {
            farewell.run();
        }
    }

    private boolean othersArePresent() {
        try {
            boolean present = participants.presence(side.other()) == Presence.PRESENT;
            LostPage.settle();
            return present;
        } catch (RuntimeException | Error e) {
            throw LostPage.translated(e);
        }
    }

    /** Publishes the number of futex waits and wake-ups of this end, for monitoring only. */
    void noteSleeps(Waiter waiter) {
        if (waiter.sleeps() > 0) {
            long block = geometry.participantOffset(participants.self());
            memory().setLong(block + MetaDescriptor.SLEEPS_OFFSET, waiter.sleeps());
            memory().setLong(block + MetaDescriptor.WAKES_OFFSET, waiter.wakes());
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
    boolean inVain(long progress, boolean napped) {
        long calls = known.get(CALLS_IN_VAIN) + 1;
        if (progress != known.get(PROGRESS)) {
            known.set(PROGRESS, progress);
            calls = 1;
        }
        known.set(CALLS_IN_VAIN, calls);
        if (calls % CALLS_PER_CLOCK_READ != 0 && !napped) {
            return false;
        }
        long now = System.nanoTime();
        long intervals = (now - known.get(LAST_PROBE)) / PROBE_INTERVAL_NANOS;
        if (intervals < 1) {
            return false;
        }
        known.set(LAST_PROBE, now);
        long probes = known.get(PROBES) + 1;
        known.set(PROBES, probes);
        others.recount();
        // Alternates the side that is probed first, so that the few participants of one side are
        // not probed as rarely as the many of the other.
        Side first = probes % 2 == 0 ? side : side.other();
        findDead(first, napped ? (int) Math.min(geometry.participants(), intervals) : 1);
        return napped || probes % PROBES_PER_CHECK == 0;
    }

    /**
     * Sets the lanes that this end has open: a recovery uses them, even when their files have been
     * deleted.
     *
     * @param lanes a function from a lane index to the lane's file, or to null if it is not open
     */
    void recoverThrough(IntFunction<LaneFile> lanes) {
        recovery.through(lanes);
    }

    /** Repeats the recovery of a participant that is no longer attached. */
    void recoverAbsent(Side side, int index) {
        int participant = side.first(geometry) + index;
        try {
            participants.recoverAbsent(participant, recovery);
        } catch (IOException e) {
            throw FileFailure.asException(
                    path() + ": what participant " + participant + " held", e);
        }
    }

    /**
     * Probes all other participants immediately: at least one system call for each attached one.
     */
    void findAllDead() {
        findDead(side, geometry.participants());
    }

    /** Probes up to {@code limit} participants, those of side {@code first} before the others. */
    private void findDead(Side first, int limit) {
        int asked = findDeadOf(first, limit);
        findDeadOf(first.other(), limit - asked);
    }

    /**
     * Probes up to {@code limit} participants of one side, starting where the last call stopped.
     * Slots in which no end is attached do not count.
     *
     * @return the number of participants probed
     */
    private int findDeadOf(Side asked, int limit) {
        int begin = asked.first(geometry);
        int size = asked.end(geometry) - begin;
        int cursor = asked == side ? NEXT_HERE : NEXT_ACROSS;
        int next = (int) known.get(cursor);
        int count = 0;
        for (int i = 0; i < size && count < limit; i++) {
            int participant = begin + next;
            next = next + 1 < size ? next + 1 : 0;
            if (participant != participants.self() && participants.isAttached(participant)) {
                count++;
                findDead(participant);
            }
        }
        known.set(cursor, next);
        return count;
    }

    private void findDead(int participant) {
        try {
            participants.findDead(participant, recovery);
        } catch (IOException e) {
            throw FileFailure.asException(path() + ": the lock of participant " + participant, e);
        }
    }

    /**
     * Executes a full memory fence on the threads of all attached ends, by membarrier(2).
     *
     * @return whether all attached ends passed the fence
     */
    boolean fence() {
        return participants.allHave(MetaDescriptor.FENCED) && Membarrier.fenceAllProcesses();
    }

    /** Returns the bit set of the lanes marked as busy. */
    SharedBits busyLanes() {
        return new SharedBits(memory(), MetaDescriptor.BUSY_OFFSET, geometry.senders());
    }

    /** Returns the bit set of the waiting receivers. */
    SharedBits sleepingReceivers() {
        return new SharedBits(
                memory(), MetaDescriptor.sleepersOffset(geometry.senders()), geometry.receivers());
    }

    /** Returns the futex events of all receivers, by index. */
    Bell[] receiverBells() {
        Bell[] bells = new Bell[geometry.receivers()];
        for (int i = 0; i < bells.length; i++) {
            int block = geometry.participantOffset(geometry.senders() + i);
            bells[i] = new Bell(memory(), block + MetaDescriptor.BELL_OFFSET);
        }
        return bells;
    }

    /** Adds to a monitoring counter of a participant. */
    void add(int participant, int statisticOffset, long n) {
        long offset = geometry.participantOffset(participant) + statisticOffset;
        memory().setLong(offset, memory().getLong(offset) + n);
    }

    Memory memory() {
        return memory;
    }

    PipeFiles files() {
        return files;
    }

    Participants participants() {
        return participants;
    }

    /** Returns this end's index on its side, from 0. */
    int index() {
        return participants.self() - side.first(geometry);
    }

    /**
     * Describes the other side, for the message of an exception.
     *
     * @return a few words; if that side has one participant slot, with the process id of its last
     *     end
     */
    public String othersInWords() {
        Side others = side.other();
        String what = others == Side.SENDERS ? "sender" : "receiver";
        int first = others.first(geometry);
        return others.end(geometry) - first == 1
                ? "its " + what + " (process " + participants.pid(first) + ")"
                : "its last " + what;
    }

    /**
     * Returns the path by which other processes open the pipe.
     *
     * @return the path
     */
    public Path path() {
        return files.path();
    }

    /**
     * Checks that this end is open.
     *
     * @throws IllegalStateException if it is closed
     */
    public void checkOpen() {
        if (isClosed()) {
            throw closed(null);
        }
    }

    /**
     * Translates an exception as {@link LostPage#translated} does. In addition, an error that
     * suggests corrupt memory becomes an {@link IllegalStateException} if this end is closed,
     * because a concurrent close releases the memory.
     *
     * @param thrown the exception caught
     * @return the exception to throw
     */
    public RuntimeException translated(Throwable thrown) {
        RuntimeException translated = LostPage.translated(thrown);
        boolean ofMemory =
                translated instanceof ChannelCorruptedException
                        || translated instanceof UncheckedIOException;
        return ofMemory && isClosed() ? closed(translated) : translated;
    }

    private IllegalStateException closed(Throwable cause) {
        return new IllegalStateException("this end of " + path() + " is closed", cause);
    }

    /**
     * Tests whether this end is closed.
     *
     * @return whether {@link #close} was called
     */
    public boolean isClosed() {
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
        if (occupancy.isClosing()) {
            return false;
        }
        boolean mine = occupancy.close();
        if (mine) {
            farewell.run();
        }
        return !mine;
    }

    /**
     * Leaves the pipe. The end releases its lock last: a thread that uses the end concurrently,
     * against the rules, then does not write to memory that already belongs to a successor.
     *
     * @param rest the resources to close once the other participants can see that this end has left
     */
    void leave(List<? extends AutoCloseable> rest) {
        // If the memory is unsound, peers find the free lock when their waits time out.
        try (meta) { // Closing meta releases the lock.
            LostPage.ifSound(participants::leave);
            LostPage.ifSound(() -> LaneWatch.wakeAll(sleepingReceivers(), receiverBells()));
            Closing.all(rest);
        } finally {
            files.release();
        }
    }
}
