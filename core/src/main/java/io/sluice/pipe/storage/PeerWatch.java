package io.sluice.pipe.storage;

import static io.sluice.pipe.storage.MetaDescriptor.EPOCH_OFFSET;

import io.sluice.memory.Memory;

/**
 * An end's cached view of the presence of the other side. It evaluates the participants' states
 * only after the pipe's epoch has changed, so a check per message costs one unordered read.
 *
 * <p>Wait-free. One thread at a time.
 */
public final class PeerWatch {
    private final Participants participants;
    private final Memory meta;
    private final PipeSide pipeSide;
    private long knownEpoch; // Read for every message, rarely written; inverted if gone.
    private boolean gone;

    PeerWatch(Participants participants, Memory meta, PipeSide pipeSide) {
        this.participants = participants;
        this.meta = meta;
        this.pipeSide = pipeSide;
        this.knownEpoch = participants.epoch() - 1;
    }

    /**
     * Tests whether the other side has left, as far as this has been detected. Called for every
     * message.
     *
     * @return whether ends were attached on that side, and all of them have left
     */
    public boolean hasLeft() {
        return meta.getLong(EPOCH_OFFSET) != knownEpoch && recheck();
    }

    /**
     * Tests whether the other side was present at the last evaluation, and no end has attached or
     * left since.
     *
     * @return false if {@link #hasLeft} must be called
     */
    public boolean isUnchanged() {
        return meta.getLong(EPOCH_OFFSET) == knownEpoch;
    }

    private boolean recheck() {
        long epoch = participants.acquireEpoch(); // First: a later leave changes it again.
        if (participants.hasLeft()) { // Closed by another thread: what is written now is lost.
            throw new IllegalStateException("this end is closed");
        }
        if (!gone || knownEpoch != ~epoch) {
            gone = participants.presence(pipeSide) == Participants.Presence.GONE;
            knownEpoch = gone ? ~epoch : epoch; // While gone, each call takes this slow path.
        }
        return gone;
    }

    /**
     * Returns the epoch at the last evaluation. After {@link #hasLeft} has returned {@code true}:
     * as long as this value is the same, no end has attached or left on either side.
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
        knownEpoch = participants.epoch() - 1;
    }
}
