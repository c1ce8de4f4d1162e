package io.sluice.file;

import static io.sluice.file.MetaDescriptor.PID_OFFSET;
import static io.sluice.file.MetaDescriptor.SINCE_OFFSET;
import static io.sluice.file.MetaDescriptor.STATE_OFFSET;
import static io.sluice.file.MetaDescriptor.participantOffset;

import io.sluice.memory.Memory;
import io.sluice.os.Descriptor;
import io.sluice.os.Mapping;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Who is attached to a pipe, seen from one end that is.
 *
 * <p>Each attached end holds the lock on its byte of the file {@code locks}, through an open file
 * of its own, so the kernel drops the lock when the end closes or its process dies, and at no other
 * time: death is decided by the kernel alone, never by a timer. A state of {@link #ATTACHED} whose
 * lock is free is a dead end's; whoever finds that takes the lock, writes {@link #DEAD}, and gives
 * the lock back. (After the liveness of iceoryx2, with open-file-description locks.)
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

    /** How long to ask for a lock that is taken: many times what {@link #findLeft} keeps it. */
    private static final long PATIENCE_NANOS = 20_000_000;

    private final Memory meta;
    private final Mapping mapping;
    private final Descriptor locks;
    private final int self;

    private Participants(Memory meta, Mapping mapping, Descriptor locks, int self) {
        this.meta = meta;
        this.mapping = mapping;
        this.locks = locks;
        this.self = self;
    }

    static Participants attach(
            Path pipe, Memory meta, Mapping mapping, Descriptor locks, int participant)
            throws IOException {
        int block = participantOffset(participant);
        // edge LOCK, from Participants.close: or from the kernel, if the last end there died.
        if (!lock(locks, participant)) {
            throw new IllegalStateException(
                    pipe
                            + " has its "
                            + (participant == 0 ? "sender" : "receiver")
                            + " already (process "
                            + meta.getLong(block + PID_OFFSET)
                            + "), and was made for one: close that end first");
        }
        meta.setLong(block + PID_OFFSET, ProcessHandle.current().pid());
        meta.setLong(block + SINCE_OFFSET, System.currentTimeMillis());
        // edge ATTACH, to Participants.findLeft: the lock is held before this can be seen.
        meta.setLongRelease(block + STATE_OFFSET, ATTACHED);
        return new Participants(meta, mapping, locks, participant);
    }

    /** Takes the lock, though whoever just now notes the death of the last end may have it. */
    private static boolean lock(Descriptor locks, int participant) throws IOException {
        long start = System.nanoTime();
        while (!locks.tryLock(participant)) {
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                return false;
            }
            Thread.onSpinWait();
        }
        return true;
    }

    /**
     * Whether another end was attached once and is no longer, as far as anybody has noticed. No
     * system call; cheap enough for every message.
     *
     * @param other which one
     * @return whether it has closed, or was found dead
     */
    public boolean hasLeft(int other) {
        // edge LEAVE, from Participants.leave: all that the other end did is visible.
        return meta.getLongAcquire(participantOffset(other) + STATE_OFFSET) >= CLOSED;
    }

    /**
     * What {@link #hasLeft} says, or said a moment ago: an unordered read, for those who need to
     * know soon and read nothing that the other end wrote. Costs a fraction of a nanosecond.
     *
     * @param block where the other end's block is, see {@link MetaDescriptor#participantOffset}
     * @return whether it has closed, or was found dead
     */
    public boolean seemsToHaveLeft(int block) {
        return meta.getLong(block + STATE_OFFSET) >= CLOSED;
    }

    /**
     * Asks the kernel whether another end has died, and if so notes it for everybody. A system
     * call.
     *
     * @param other which one
     * @return whether it has left in whatever way
     * @throws IOException if the locks cannot be read
     */
    public boolean findLeft(int other) throws IOException {
        // edge LEAVE, from Participants.leave: all that the other end did is visible.
        // edge ATTACH, from Participants.attach: from here on a free lock means that it has died.
        long state = meta.getLongAcquire(participantOffset(other) + STATE_OFFSET);
        if (state != ATTACHED) {
            return state >= CLOSED;
        }
        // edge LOCK, from Participants.close: or from the kernel, which closes for the dead.
        if (locks.isLockedByAnother(other) || !locks.tryLock(other)) {
            return false;
        }
        try {
            // No edge of its own: its lock is ours, so nobody else attaches there or buries it.
            if (meta.getLongAcquire(participantOffset(other) + STATE_OFFSET) == ATTACHED) {
                leave(other, DEAD);
            }
        } finally {
            locks.unlock(other);
        }
        return hasLeft(other);
    }

    private void leave(int participant, long state) {
        // edge LEAVE, to Participants.hasLeft, Participants.findLeft: the last message is visible
        // before the end is.
        meta.setLongRelease(participantOffset(participant) + STATE_OFFSET, state);
    }

    /**
     * The process id that an end left when it attached.
     *
     * @param participant which one
     * @return its pid, in its own namespace; 0 if nobody has been attached there
     */
    public long pid(int participant) {
        return meta.getLong(participantOffset(participant) + PID_OFFSET);
    }

    /** Says that this end has closed, and gives its lock back. */
    @Override
    public void close() {
        leave(self, CLOSED);
        // edge LOCK, to Participants.attach, Participants.findLeft: all that this end did is done.
        locks.close();
        mapping.close();
    }
}
