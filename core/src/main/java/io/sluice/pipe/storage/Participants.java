package io.sluice.pipe.storage;

import static io.sluice.pipe.storage.MetaDescriptor.CAPABILITIES_OFFSET;
import static io.sluice.pipe.storage.MetaDescriptor.EPOCH_OFFSET;
import static io.sluice.pipe.storage.MetaDescriptor.PID_OFFSET;
import static io.sluice.pipe.storage.MetaDescriptor.SINCE_OFFSET;
import static io.sluice.pipe.storage.MetaDescriptor.STATE_OFFSET;

import io.sluice.ChannelCorruptedException;
import io.sluice.InvalidPipeException;
import io.sluice.linux.OfdLocks;
import io.sluice.linux.Platform;
import io.sluice.memory.MappingFault;
import io.sluice.memory.Memory;
import io.sluice.pipe.storage.PipeLayout.PipeSide;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * The participants of a pipe: the ends that are attached, and their liveness.
 *
 * <p>Each attached end holds the lock on its byte of the file {@code locks}, through an open file
 * description of its own, so the kernel releases the lock when the end closes or its process dies,
 * and at no other time: the kernel alone decides which participant is dead, never a timer. A state
 * of {@link #ATTACHED} with a free lock belongs to a dead end; the participant that detects it
 * takes the lock, recovers what the dead end held, writes {@link #DEAD}, and releases the lock.
 * (After the liveness detection of iceoryx2, with open-file-description locks.)
 *
 * <p>Invariant: only the holder of a participant's lock writes its state. A recovery that is cut
 * short leaves the state {@code ATTACHED}, so the next detection repeats it from the start.
 *
 * <p>One thread at a time.
 */
public final class Participants implements AutoCloseable {
    /** No end has ever been attached in this slot. */
    public static final long VACANT = 0;

    /** Attached; dead if the lock is free. */
    public static final long ATTACHED = 1;

    /** The end was closed. */
    public static final long CLOSED = 2;

    /** The end died while it was attached. */
    public static final long DEAD = 3;

    /**
     * Attempts to change the epoch. An attempt fails only if another participant has changed the
     * epoch, and then all participants recount; so correctness does not depend on this number.
     */
    static final int MAX_TRIES = 64;

    /**
     * How long {@link #attach} retries while all locks are taken: many times as long as {@link
     * #reapIfDead} holds one, even if its thread is descheduled for a while.
     */
    private static final long ATTACH_TIMEOUT_NANOS = 500_000_000;

    /** Minimum number of attempts: the calling thread may be descheduled for a while, too. */
    static final int MIN_TRIES = 50;

    private static final long RETRY_PARK_NANOS = 1_000_000;

    /** The presence of ends on one side of a pipe. */
    public enum Presence {
        /** No end has attached yet. */
        NONE_YET,
        /** At least one end is attached. */
        PRESENT,
        /** Ends were attached, and all of them have left or died. */
        GONE
    }

    /** A task for a participant whose lock the caller holds. */
    public interface ParticipantTask {
        /**
         * Runs the task. It must tolerate being cut short by the death of the process, and repeated
         * from the start.
         *
         * @param participant the participant whose lock the caller holds
         * @throws IOException if a file cannot be used
         */
        void run(int participant) throws IOException;
    }

    private final PipeLayout pipeLayout;
    private final Memory meta;
    private final OfdLocks ofdLocks;
    private final Runnable unmap;
    private final LongSupplier clock;
    private int self = -1;
    private boolean hasLeft;

    /**
     * Creates a view of the participants of a pipe; the caller is not attached yet.
     *
     * @param pipeLayout the geometry of the pipe
     * @param meta the mapped file {@code meta}
     * @param ofdLocks the file of locks, opened for this object alone
     * @param unmap the task that unmaps {@code meta}
     */
    Participants(PipeLayout pipeLayout, Memory meta, OfdLocks ofdLocks, Runnable unmap) {
        this(pipeLayout, meta, ofdLocks, unmap, System::nanoTime);
    }

    Participants(
            PipeLayout pipeLayout,
            Memory meta,
            OfdLocks ofdLocks,
            Runnable unmap,
            LongSupplier clock) {
        this.pipeLayout = pipeLayout;
        this.meta = meta;
        this.ofdLocks = ofdLocks;
        this.unmap = unmap;
        this.clock = clock;
    }

    /**
     * Attaches this end in the first free participant slot of a side, as {@link #attach(int, int,
     * long, ParticipantTask, ParticipantTask)}.
     *
     * @param pipeSide the side
     * @param abilities bits such as {@link MetaDescriptor#MEMBARRIER}
     * @param recovery the task to run for an end that died in the slot
     * @param preparation the task to run before the slot becomes visible as attached
     * @return whether there was a free slot
     * @throws IOException if the locks cannot be used, or from the two tasks
     */
    public boolean attach(
            PipeSide pipeSide,
            long abilities,
            ParticipantTask recovery,
            ParticipantTask preparation)
            throws IOException {
        return attach(
                pipeSide.first(pipeLayout),
                pipeSide.end(pipeLayout),
                abilities,
                recovery,
                preparation);
    }

    /**
     * Attaches this end in the first free one of some participant slots, all of one side.
     *
     * @param first the first slot
     * @param end the slot after the last one
     * @param abilities bits such as {@link MetaDescriptor#MEMBARRIER}
     * @param recovery the task to run for an end that died in the slot
     * @param preparation the task to run before the slot becomes visible as attached; if it throws,
     *     the slot stays free
     * @return whether there was a free slot
     * @throws IOException if the locks cannot be used, or from the two tasks
     */
    public boolean attach(
            int first,
            int end,
            long abilities,
            ParticipantTask recovery,
            ParticipantTask preparation)
            throws IOException {
        long start = clock.getAsLong();
        int tries = 0;
        do { // A participant that detects a death holds the lock for a moment.
            ChannelCorruptedException corrupt = null;
            InvalidPipeException invalid = null;
            for (int i = first; i < end; i++) {
                // edge LOCK, from Participants.close: or from the kernel, if the last end died.
                if (ofdLocks.tryLock(i)) {
                    try {
                        prepare(i, abilities, recovery, preparation);
                        return true;
                    } catch (ChannelCorruptedException e) {
                        corrupt = e; // The next slot may be sound.
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
            LockSupport.parkNanos(this, RETRY_PARK_NANOS);
            tries++;
        } while (tries < MIN_TRIES || clock.getAsLong() - start < ATTACH_TIMEOUT_NANOS);
        return false;
    }

    private void prepare(
            int participant, long abilities, ParticipantTask recovery, ParticipantTask preparation)
            throws IOException {
        boolean done = false;
        try {
            // No edge of its own: this end holds the lock, so no other end writes the state.
            if (meta.getLongAcquire(block(participant) + STATE_OFFSET) == ATTACHED) {
                recovery.run(participant);
                leave(participant, DEAD);
            }
            preparation.run(participant);
            done = true;
        } finally {
            if (!done) {
                ofdLocks.unlock(participant);
            }
        }
        int block = block(participant);
        meta.setLong(block + PID_OFFSET, Platform.processId());
        meta.setLong(block + SINCE_OFFSET, System.currentTimeMillis());
        meta.setLong(block + CAPABILITIES_OFFSET, abilities);
        self = participant;
        // edge ATTACH, to Participants.presence, Participants.wasAttached,
        // Participants.allHaveCapability, Participants.isAttachedWith,
        // Participants.reapIfDead: the lock is held, and all is prepared, before this is visible.
        meta.setLongRelease(block + STATE_OFFSET, ATTACHED);
        changeEpoch();
    }

    /**
     * Creates a view of one side.
     *
     * @param pipeSide the side
     * @return the view, which evaluates the states on first use
     */
    public PeerWatch watch(PipeSide pipeSide) {
        return new PeerWatch(pipeSide);
    }

    /**
     * Returns the words of {@code meta}.
     *
     * @return always the same memory
     */
    public Memory memory() {
        return meta;
    }

    private int block(int participant) {
        return pipeLayout.participantOffset(participant);
    }

    /**
     * Changes the epoch, so that all participants recount. A hint only: the death of a process that
     * has not done it is detected by its lock.
     */
    private void changeEpoch() {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            long epoch = meta.getLong(EPOCH_OFFSET);
            // edge EPOCH, to Participants.acquireEpoch: the state was written before.
            if (meta.compareAndSetLong(EPOCH_OFFSET, epoch, epoch + 1)) {
                return;
            }
            MappingFault.poll(); // On a lost page every attempt fails, and each one traps.
        } // Others change it all the time, so all participants recount.
    }

    /**
     * Returns a number that changes when an end attaches or leaves: an unordered read, cheap enough
     * for every message.
     *
     * @return the epoch
     */
    public long epoch() {
        return meta.getLong(EPOCH_OFFSET);
    }

    /**
     * Returns the epoch with acquire ordering, for a caller that then reads the states. Without the
     * ordering, a processor may read the states first, and an end that has left would count as
     * present until the next change.
     *
     * @return the epoch; {@link #presence} then observes each attach and leave before it
     */
    public long acquireEpoch() {
        // edge EPOCH, from Participants.changeEpoch: the states of that epoch, or later ones.
        return meta.getLongAcquire(EPOCH_OFFSET);
    }

    /**
     * Returns the presence of ends on a side, as far as it has been detected. No system call.
     *
     * @param pipeSide the side
     * @return whether no end has attached yet, one is attached, or all have left
     */
    public Presence presence(PipeSide pipeSide) {
        Presence presence = Presence.NONE_YET;
        for (int i = pipeSide.first(pipeLayout); i < pipeSide.end(pipeLayout); i++) {
            // edge LEAVE, from Participants.leave: all writes of the end that left are visible.
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
     * Tests whether an end was ever attached in a slot.
     *
     * @param participant the slot
     * @return whether it is not vacant
     */
    public boolean wasAttached(int participant) {
        // edge ATTACH, from Participants.prepare: its preparation is visible.
        return meta.getLongAcquire(block(participant) + STATE_OFFSET) != VACANT;
    }

    /**
     * Tests whether all attached ends have an ability.
     *
     * @param ability a bit such as {@link MetaDescriptor#MEMBARRIER}
     * @return whether none lacks it
     */
    public boolean allHaveCapability(long ability) {
        for (int i = 0; i < pipeLayout.participants(); i++) {
            // edge ATTACH, from Participants.prepare: its abilities were written before.
            if (meta.getLongAcquire(block(i) + STATE_OFFSET) == ATTACHED
                    && (meta.getLong(block(i) + CAPABILITIES_OFFSET) & ability) == 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Tests whether an end with an ability is attached in a slot.
     *
     * @param participant the slot
     * @param ability a bit such as {@link MetaDescriptor#GATED}
     * @return whether an end is attached, and has it
     */
    public boolean isAttachedWith(int participant, long ability) {
        // edge ATTACH, from Participants.prepare: its abilities were written before.
        return meta.getLongAcquire(block(participant) + STATE_OFFSET) == ATTACHED
                && (meta.getLong(block(participant) + CAPABILITIES_OFFSET) & ability) != 0;
    }

    /**
     * Queries the kernel whether an attached participant has died, and if so recovers it. At least
     * one system call if another end is attached in the slot.
     *
     * @param participant the participant
     * @param recovery the task to run for a dead participant
     * @return whether it was found dead
     * @throws IOException if the locks cannot be used, or from the recovery
     */
    public boolean reapIfDead(int participant, ParticipantTask recovery) throws IOException {
        // edge ATTACH, from Participants.prepare: from here on, a free lock means a dead end.
        long state = meta.getLongAcquire(block(participant) + STATE_OFFSET);
        if (participant == self || state != ATTACHED) {
            return false;
        }
        // edge LOCK, from Participants.close: or from the kernel, when the process dies.
        if (ofdLocks.isLockedByAnother(participant) || !ofdLocks.tryLock(participant)) {
            return false;
        }
        try {
            // No edge of its own: this end holds the lock, so no other end writes the state.
            if (meta.getLongAcquire(block(participant) + STATE_OFFSET) != ATTACHED) {
                return false;
            }
            recovery.run(participant);
            leave(participant, DEAD);
            return true;
        } finally {
            ofdLocks.unlock(participant);
        }
    }

    /**
     * Repeats the recovery of a participant that has left or was found dead, because an earlier
     * recovery could not complete. One or two system calls if it is not attached.
     *
     * @param participant the participant
     * @param recovery the task to run for it
     * @throws IOException if the locks cannot be used, or from the recovery
     */
    public void recoverAbsent(int participant, ParticipantTask recovery) throws IOException {
        if (isAttached(participant) || !ofdLocks.tryLock(participant)) {
            return;
        }
        try {
            // No edge of its own: this end holds the lock, so no other end attaches meanwhile.
            if (meta.getLongAcquire(block(participant) + STATE_OFFSET) != ATTACHED) {
                recovery.run(participant);
            }
        } finally {
            ofdLocks.unlock(participant);
        }
    }

    private void leave(int participant, long state) {
        // edge LEAVE, to Participants.presence: the last message is visible before the state is.
        meta.setLongRelease(block(participant) + STATE_OFFSET, state);
        changeEpoch();
    }

    /**
     * Returns the process id that an end wrote when it attached.
     *
     * @param participant the participant
     * @return its pid, in its own namespace; 0 if no end has been attached in the slot
     */
    public long pid(int participant) {
        return meta.getLong(block(participant) + PID_OFFSET);
    }

    /**
     * Returns this end's participant number.
     *
     * @return the slot that {@link #attach} took, or -1
     */
    public int self() {
        return self;
    }

    /**
     * Tests whether an end is attached in a slot, according to its state.
     *
     * @param participant the slot
     * @return whether the state is {@link #ATTACHED}; the end may have died undetected
     */
    public boolean isAttached(int participant) {
        return meta.getLong(block(participant) + STATE_OFFSET) == ATTACHED;
    }

    /**
     * Tests whether a live end holds the lock of a slot. A system call, without side effects.
     *
     * @param participant the slot, but not this end's own
     * @return whether another open file description holds the lock
     * @throws IOException if the locks cannot be used
     */
    public boolean isAlive(int participant) throws IOException {
        return ofdLocks.isLockedByAnother(participant);
    }

    /**
     * Records that this end has closed, if it was attached. It holds its lock until {@link #close}.
     */
    public void leave() {
        int left = self;
        if (left >= 0) {
            hasLeft = true; // First: visible to a thread that observes the new epoch.
            self = -1;
            leave(left, CLOSED);
        }
    }

    /**
     * Releases this end's lock, and unmaps {@code meta}. Without a preceding {@link #leave}, this
     * end counts as dead.
     */
    @Override
    public void close() {
        // edge LOCK, to Participants.attach, Participants.reapIfDead: all its writes are done.
        PipeFiles.closeAll(List.<AutoCloseable>of(ofdLocks, unmap::run));
    }

    /**
     * An end's cached view of the presence of the other side. It evaluates the participants' states
     * only after the pipe's epoch has changed, so a check per message costs one unordered read.
     *
     * <p>Wait-free. One thread at a time.
     */
    public final class PeerWatch {
        private final Memory.WordReader epoch = meta.word(EPOCH_OFFSET);
        private final PipeSide pipeSide;
        private long knownEpoch; // Read for every message, rarely written; inverted if gone.
        private boolean gone;

        private PeerWatch(PipeSide pipeSide) {
            this.pipeSide = pipeSide;
            this.knownEpoch = Participants.this.epoch() - 1;
        }

        /**
         * Tests whether the other side has left, as far as this has been detected. Called for every
         * message.
         *
         * @return whether ends were attached on that side, and all of them have left
         */
        public boolean hasLeft() {
            return epoch.get() != knownEpoch && recheck();
        }

        /**
         * Tests whether the other side was present at the last evaluation, and no end has attached
         * or left since.
         *
         * @return false if {@link #hasLeft} must be called
         */
        public boolean isUnchanged() {
            return epoch.get() == knownEpoch;
        }

        private boolean recheck() {
            long epoch = acquireEpoch(); // First: a later leave changes it again.
            if (Participants.this
                    .hasLeft) { // Closed by another thread: what is written now is lost.
                throw new IllegalStateException("this end is closed");
            }
            if (!gone || knownEpoch != ~epoch) {
                gone = presence(pipeSide) == Presence.GONE;
                knownEpoch = gone ? ~epoch : epoch; // While gone, each call takes this slow path.
            }
            return gone;
        }

        /**
         * Returns the epoch at the last evaluation. After {@link #hasLeft} has returned {@code
         * true}: as long as this value is the same, no end has attached or left on either side.
         *
         * @return the epoch
         */
        public long epoch() {
            return gone ? ~knownEpoch : knownEpoch;
        }

        /**
         * Makes the next {@link #hasLeft} evaluate the states again: a process may have been killed
         * after it wrote its state and before it changed the epoch. To be called periodically.
         */
        public void invalidate() {
            gone = false;
            knownEpoch = Participants.this.epoch() - 1;
        }
    }
}
