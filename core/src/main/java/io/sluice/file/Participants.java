package io.sluice.file;

import static io.sluice.file.MetaDescriptor.ABILITIES_OFFSET;
import static io.sluice.file.MetaDescriptor.EPOCH_OFFSET;
import static io.sluice.file.MetaDescriptor.PID_OFFSET;
import static io.sluice.file.MetaDescriptor.SINCE_OFFSET;
import static io.sluice.file.MetaDescriptor.STATE_OFFSET;

import io.sluice.ChannelCorruptedException;
import io.sluice.InvalidPipeException;
import io.sluice.lane.LostPage;
import io.sluice.memory.Memory;
import io.sluice.os.Identity;
import io.sluice.os.Locks;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Who is attached to a pipe.
 *
 * <p>Each attached end holds the lock on its byte of the file {@code locks}, through an open file
 * of its own, so the kernel drops the lock when the end closes or its process dies, and at no other
 * time: death is decided by the kernel alone, never by a timer. A state of {@link #ATTACHED} whose
 * lock is free is a dead end's; whoever finds that takes the lock, recovers what the dead one held,
 * writes {@link #DEAD}, and gives the lock back. (After the liveness of iceoryx2, with
 * open-file-description locks.)
 *
 * <p>Invariant: only the holder of a participant's lock writes its state. A recovery that is cut
 * short leaves the state {@code ATTACHED}, so the next one to look does it again from the start.
 *
 * <p>One thread at a time.
 */
public final class Participants implements AutoCloseable {
    /** Nobody has ever been attached there. */
    public static final long VACANT = 0;

    /** Attached; alive if the lock is held. */
    public static final long ATTACHED = 1;

    /** Closed its end. */
    public static final long CLOSED = 2;

    /** Died while it was attached. */
    public static final long DEAD = 3;

    /**
     * How often to try to change the epoch. A try fails only if somebody else has changed it, and
     * then all count again; so nothing depends on the number.
     */
    static final int MAX_TRIES = 64;

    /**
     * How long to ask for a lock that is taken: many times what {@link #findDead} keeps it, also if
     * the system does not run its thread for a while.
     */
    private static final long PATIENCE_NANOS = 500_000_000;

    /** How often to ask at least: this thread may not run for a while either. */
    static final int LEAST_TRIES = 50;

    private static final long NAP_NANOS = 1_000_000;

    /** What has to be done for a participant whose lock is held. */
    public interface Task {
        /**
         * Does it. Must bear being cut short by death, and repeated from the start.
         *
         * @param participant whose lock the caller holds
         * @throws IOException if a file cannot be used
         */
        void run(int participant) throws IOException;
    }

    private final Geometry geometry;
    private final Memory meta;
    private final Locks locks;
    private final LongSupplier clock;
    private int self = -1;
    private boolean hasLeft;

    /**
     * The participants of a pipe, none of which is the caller yet.
     *
     * @param geometry what the pipe is
     * @param meta its file {@code meta}, mapped
     * @param locks its file of locks, opened for this object alone
     */
    Participants(Geometry geometry, Memory meta, Locks locks) {
        this(geometry, meta, locks, System::nanoTime);
    }

    Participants(Geometry geometry, Memory meta, Locks locks, LongSupplier clock) {
        this.geometry = geometry;
        this.meta = meta;
        this.locks = locks;
        this.clock = clock;
    }

    /**
     * Takes the first free place of a side.
     *
     * @param side which one
     * @param abilities bits such as {@link MetaDescriptor#FENCED}
     * @param recovery what to do for one who died there
     * @param preparation what to do before anybody can see that the place is taken; if it throws,
     *     the place stays free
     * @return whether there was a free place
     * @throws IOException if the locks cannot be used, or by the two tasks
     */
    public boolean attach(Side side, long abilities, Task recovery, Task preparation)
            throws IOException {
        long start = clock.getAsLong();
        int tries = 0;
        do { // Whoever just now notes a death has its lock for a moment.
            ChannelCorruptedException corrupt = null;
            InvalidPipeException invalid = null;
            for (int i = side.first(geometry); i < side.end(geometry); i++) {
                // edge LOCK, from Participants.close: or from the kernel, if the last one there
                // died.
                if (locks.tryLock(i)) {
                    try {
                        prepare(i, abilities, recovery, preparation);
                        return true;
                    } catch (ChannelCorruptedException e) {
                        corrupt = e; // The next place may be sound.
                    } catch (InvalidPipeException e) {
                        invalid = e; // The same.
                    }
                }
            }
            if (corrupt != null) {
                throw corrupt;
            }
            if (invalid != null) {
                throw invalid;
            }
            LockSupport.parkNanos(this, NAP_NANOS);
            tries++;
        } while (tries < LEAST_TRIES || clock.getAsLong() - start < PATIENCE_NANOS);
        return false;
    }

    private void prepare(int participant, long abilities, Task recovery, Task preparation)
            throws IOException {
        boolean done = false;
        try {
            // No edge of its own: the lock is ours, so nobody else writes it.
            if (meta.getLongAcquire(block(participant) + STATE_OFFSET) == ATTACHED) {
                recovery.run(participant);
                leave(participant, DEAD);
            }
            preparation.run(participant);
            done = true;
        } finally {
            if (!done) {
                locks.unlock(participant);
            }
        }
        int block = block(participant);
        meta.setLong(block + PID_OFFSET, Identity.processId());
        meta.setLong(block + SINCE_OFFSET, System.currentTimeMillis());
        meta.setLong(block + ABILITIES_OFFSET, abilities);
        self = participant;
        // edge ATTACH, to Participants.presence, Participants.wasAttached, Participants.allHave,
        // Participants.findDead: the lock is held, and all is prepared, before this can be seen.
        meta.setLongRelease(block + STATE_OFFSET, ATTACHED);
        changeEpoch();
    }

    /**
     * What an end is to know of the side across.
     *
     * @param side that side
     * @return what is known of it: nothing yet
     */
    public OtherSide watch(Side side) {
        return new OtherSide(this, meta, side);
    }

    private int block(int participant) {
        return geometry.participantOffset(participant);
    }

    /** Tells everybody to count again. A hint: who dies before it is found by its lock. */
    private void changeEpoch() {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            long epoch = meta.getLong(EPOCH_OFFSET);
            // edge EPOCH, to Participants.acquireEpoch: the state was written before.
            if (meta.compareAndSetLong(EPOCH_OFFSET, epoch, epoch + 1)) {
                return;
            }
            LostPage.settle(); // On a page that is gone every try fails, and is a trap each.
        } // So somebody changes it all the time, and all count again.
    }

    /**
     * A number that changes when somebody comes or goes: an unordered read, cheap enough for every
     * message.
     *
     * @return the epoch
     */
    public long epoch() {
        return meta.getLong(EPOCH_OFFSET);
    }

    /**
     * As {@link #epoch}, for who counts again because of it. Without this order a processor may
     * read the states first: then who has left would be counted as present until the next change.
     *
     * @return the epoch; {@link #presence} sees whoever came or left before it
     */
    public long acquireEpoch() {
        // edge EPOCH, from Participants.changeEpoch: the states of that epoch, or later ones.
        return meta.getLongAcquire(EPOCH_OFFSET);
    }

    /**
     * Whether a side has somebody, as far as anybody has noticed. No system call.
     *
     * @param side which one
     * @return whether nobody has come yet, somebody is there, or all have gone
     */
    public Presence presence(Side side) {
        Presence presence = Presence.NONE_YET;
        for (int i = side.first(geometry); i < side.end(geometry); i++) {
            // edge LEAVE, from Participants.leave: all that the one who left did is visible.
            // edge ATTACH, from Participants.prepare
            long state = meta.getLongAcquire(block(i) + STATE_OFFSET);
            if (state == ATTACHED) {
                return Presence.PRESENT;
            }
            if (state != VACANT) {
                presence = Presence.GONE;
            }
        }
        return presence;
    }

    /**
     * Whether anybody was ever attached at a place.
     *
     * @param participant which one
     * @return whether it is not vacant
     */
    public boolean wasAttached(int participant) {
        // edge ATTACH, from Participants.prepare: what was prepared for it is there.
        return meta.getLongAcquire(block(participant) + STATE_OFFSET) != VACANT;
    }

    /**
     * Whether all who are attached have an ability.
     *
     * @param ability a bit such as {@link MetaDescriptor#FENCED}
     * @return whether none lacks it
     */
    public boolean allHave(long ability) {
        for (int i = 0; i < geometry.participants(); i++) {
            // edge ATTACH, from Participants.prepare: its abilities were written before.
            if (meta.getLongAcquire(block(i) + STATE_OFFSET) == ATTACHED
                    && (meta.getLong(block(i) + ABILITIES_OFFSET) & ability) == 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Asks the kernel whether one who is attached has died, and if so does what is to be done. A
     * system call if it is attached.
     *
     * @param participant which one
     * @param recovery what to do for the dead one
     * @return whether it was found dead
     * @throws IOException if the locks cannot be used, or by the recovery
     */
    public boolean findDead(int participant, Task recovery) throws IOException {
        // edge ATTACH, from Participants.prepare: from here on a free lock means that it has died.
        long state = meta.getLongAcquire(block(participant) + STATE_OFFSET);
        if (participant == self || state != ATTACHED) {
            return false;
        }
        // edge LOCK, from Participants.close: or from the kernel, which closes for the dead.
        if (locks.isLockedByAnother(participant) || !locks.tryLock(participant)) {
            return false;
        }
        try {
            // No edge of its own: its lock is ours, so nobody else attaches there or buries it.
            if (meta.getLongAcquire(block(participant) + STATE_OFFSET) != ATTACHED) {
                return false;
            }
            recovery.run(participant);
            leave(participant, DEAD);
            return true;
        } finally {
            locks.unlock(participant);
        }
    }

    /**
     * Does once more what is to be done for one who has left or was found dead: whoever did it
     * could not do all. A system call or two if it is not attached.
     *
     * @param participant which one
     * @param recovery what to do for it
     * @throws IOException if the locks cannot be used, or by the recovery
     */
    public void recoverAbsent(int participant, Task recovery) throws IOException {
        if (isAttached(participant) || !locks.tryLock(participant)) {
            return;
        }
        try {
            // No edge of its own: its lock is ours, so nobody attaches there meanwhile.
            if (meta.getLongAcquire(block(participant) + STATE_OFFSET) != ATTACHED) {
                recovery.run(participant);
            }
        } finally {
            locks.unlock(participant);
        }
    }

    private void leave(int participant, long state) {
        // edge LEAVE, to Participants.presence: the last message is visible before the end is.
        meta.setLongRelease(block(participant) + STATE_OFFSET, state);
        changeEpoch();
    }

    /**
     * The process id that an end left when it attached.
     *
     * @param participant which one
     * @return its pid, in its own namespace; 0 if nobody has been attached there
     */
    public long pid(int participant) {
        return meta.getLong(block(participant) + PID_OFFSET);
    }

    /**
     * This end's number.
     *
     * @return the participant that {@link #attach} took, or -1
     */
    public int self() {
        return self;
    }

    /**
     * Whether this end has left. For the thread that uses it, if another one closes it.
     *
     * @return whether {@link #leave()} was called, seen by whoever sees the epoch that it left
     */
    boolean hasLeft() {
        return hasLeft;
    }

    /**
     * Whether somebody is attached at a place, as far as anybody has noticed.
     *
     * @param participant which one
     * @return whether its state says so
     */
    public boolean isAttached(int participant) {
        return meta.getLong(block(participant) + STATE_OFFSET) == ATTACHED;
    }

    /**
     * Whether somebody who lives holds the lock of a place. A system call, without an effect.
     *
     * @param participant which one, but not this end itself
     * @return what the kernel says
     * @throws IOException if the locks cannot be used
     */
    public boolean isAlive(int participant) throws IOException {
        return locks.isLockedByAnother(participant);
    }

    /** Says that this end has closed, if it was attached. Its lock stays until {@link #close}. */
    public void leave() {
        int left = self;
        if (left >= 0) {
            hasLeft = true; // First: who sees the epoch change sees that.
            self = -1;
            leave(left, CLOSED);
        }
    }

    /** Gives this end's lock back: without {@link #leave} that says that it has died. */
    @Override
    public void close() {
        // edge LOCK, to Participants.attach, Participants.findDead: all that this end did is done.
        locks.close();
    }
}
