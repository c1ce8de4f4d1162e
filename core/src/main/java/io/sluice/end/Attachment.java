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
 * One end's place in a pipe: that it is attached, and what it knows of the others.
 *
 * <p>Who has died is found by asking the kernel for one participant after the other, at most one
 * for each millisecond, and only by an end that has nothing else to do; {@link OtherSide} tells for
 * every message what has been noticed.
 *
 * <p>One thread at a time, except {@link #close}.
 */
public final class Attachment implements AutoCloseable {
    /** How many calls in vain before the clock is read: a round trip takes fewer. */
    private static final int CALLS_PER_CLOCK_READ = 256;

    /** How long between two questions to the kernel whether the others live. */
    private static final long PROBE_INTERVAL_NANOS = 1_000_000;

    /** Checks of what the hot path does not look at, in probes. */
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

    /** What this end does when it leaves. */
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
     * @param side which side of it
     * @param preparation what to do before anybody can see the end
     * @return its place
     * @throws IOException if the pipe is gone, or by the preparation
     * @throws IllegalStateException if the side has no free place
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
     * Those at the other side.
     *
     * @return always the same
     */
    OtherSide others() {
        return others;
    }

    /**
     * What to do when this end leaves the pipe.
     *
     * @param farewell ends with {@link #leave}
     */
    void onLeave(Runnable farewell) {
        this.farewell = farewell;
    }

    /**
     * Waits for somebody on the other side.
     *
     * @param nanos how long at the most, in nanoseconds; zero or less does not wait
     * @return whether somebody is there
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
     * To be called by each blocking call of this end, before anything else: until it exits, a close
     * by another thread takes nothing away. Calls may lie within others. Must be followed by {@link
     * #exit}, unless it throws.
     *
     * @return what exit is to be told
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
     * To be called by each blocking call of this end, after all else: this end leaves if it was
     * closed meanwhile.
     *
     * @param entered what {@link #enter} has returned
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

    /** Notes for people how often an end has slept. */
    void noteSleeps(Waiter waiter) {
        if (waiter.sleeps() > 0) {
            long block = geometry.participantOffset(participants.self());
            memory().setLong(block + MetaDescriptor.SLEEPS_OFFSET, waiter.sleeps());
            memory().setLong(block + MetaDescriptor.WAKES_OFFSET, waiter.wakes());
        }
    }

    /**
     * To be called after an attempt in vain. Asks the kernel whether the others live: for one of
     * them in a millisecond, and not at all while messages flow. Allocates nothing.
     *
     * @param progress any number that changes when a message has passed
     * @param napped whether this end has just slept for a while: then it asks for one more for each
     *     millisecond that has passed
     * @return whether this is the time to check what the hot path does not look at
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
        // Each side in turn first, so that a few on one are not asked for as rarely as the many on
        // the other.
        Side first = probes % 2 == 0 ? side : side.other();
        findDead(first, napped ? (int) Math.min(geometry.participants(), intervals) : 1);
        return napped || probes % PROBES_PER_CHECK == 0;
    }

    /**
     * Which lanes this end has open: a recovery takes them, also when their files have no names any
     * more.
     *
     * @param lanes says for each lane its file, or null
     */
    void recoverThrough(IntFunction<LaneFile> lanes) {
        recovery.through(lanes);
    }

    /** Recovers once more what one holds that is not there any more. */
    void recoverAbsent(Side side, int index) {
        int participant = side.first(geometry) + index;
        try {
            participants.recoverAbsent(participant, recovery);
        } catch (IOException e) {
            throw FileFailure.asException(
                    path() + ": what participant " + participant + " held", e);
        }
    }

    /** Asks for everybody, now. A system call for each that is attached. */
    void findAllDead() {
        findDead(side, geometry.participants());
    }

    /** Asks for so many participants, those of one side before the others. */
    private void findDead(Side first, int limit) {
        int asked = findDeadOf(first, limit);
        findDeadOf(first.other(), limit - asked);
    }

    /**
     * Asks for so many of one side, from where it stopped last; those who are not there are free.
     *
     * @return for how many it has asked
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
     * Makes all other ends pass a full memory fence.
     *
     * @return whether that was possible for all of them
     */
    boolean fence() {
        return participants.allHave(MetaDescriptor.FENCED) && Membarrier.fenceAllProcesses();
    }

    /** A bit for each lane that has something. */
    SharedBits busyLanes() {
        return new SharedBits(memory(), MetaDescriptor.BUSY_OFFSET, geometry.senders());
    }

    /** A bit for each receiver that sleeps. */
    SharedBits sleepingReceivers() {
        return new SharedBits(
                memory(), MetaDescriptor.sleepersOffset(geometry.senders()), geometry.receivers());
    }

    /** What each receiver sleeps on. */
    Bell[] receiverBells() {
        Bell[] bells = new Bell[geometry.receivers()];
        for (int i = 0; i < bells.length; i++) {
            int block = geometry.participantOffset(geometry.senders() + i);
            bells[i] = new Bell(memory(), block + MetaDescriptor.BELL_OFFSET);
        }
        return bells;
    }

    /** Adds to a number that is for people. */
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

    /** This end's number on its side, from 0. */
    int index() {
        return participants.self() - side.first(geometry);
    }

    /**
     * Who left last, for messages.
     *
     * @return a few words with the process ids that the other side's ends had
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
     * Where the pipe is.
     *
     * @return by what a peer finds it
     */
    public Path path() {
        return files.path();
    }

    /**
     * Complains if this end is closed.
     *
     * @throws IllegalStateException if it is
     */
    public void checkOpen() {
        if (isClosed()) {
            throw closed(null);
        }
    }

    /**
     * What a caller of this end is to be thrown for what was caught, as {@link
     * LostPage#translated}; what looks corrupt to a call in which another thread has closed this
     * end is that.
     *
     * @param thrown what was caught
     * @return what to throw
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
     * Whether this end is closed.
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
     * Closes this end; it leaves at once, or if a thread is in a blocking call of it, as soon as
     * that call has ended.
     *
     * @return whether a thread may wait in it, which is to be woken
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
     * Leaves the pipe. Its lock is the last that this end gives back: a thread that uses the end
     * meanwhile, against its rules, writes to no memory that is another's by then.
     *
     * @param rest what else to give back, once everybody can see that this end has left
     */
    void leave(List<? extends AutoCloseable> rest) {
        try (meta) { // Which gives the lock back.
            LostPage.ifSound(participants::leave); // Else the others see that the lock is free,
            LostPage.ifSound(() -> LaneWatch.wakeAll(sleepingReceivers(), receiverBells()));
            Closing.all(rest); // and sleep until their naps are over.
        } finally {
            files.release();
        }
    }
}
