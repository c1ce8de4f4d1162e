package io.sluice.file;

import static io.sluice.file.MetaDescriptor.EPOCH_OFFSET;

import io.sluice.memory.Memory;

/**
 * What an end knows of the side across. It counts who is there only when the pipe's epoch has
 * changed: one unordered read tells that for every message.
 *
 * <p>Wait-free. One thread at a time.
 */
public final class OtherSide {
    private final Participants participants;
    private final Memory meta;
    private final Side side;
    private long knownEpoch; // Read for every message, hardly ever written; inverted if gone.
    private boolean gone;

    OtherSide(Participants participants, Memory meta, Side side) {
        this.participants = participants;
        this.meta = meta;
        this.side = side;
        this.knownEpoch = participants.epoch() - 1;
    }

    /**
     * Whether that side has left, as far as anybody has noticed. For every message.
     *
     * @return whether all have gone, and there had been some
     */
    public boolean hasLeft() {
        return meta.getLong(EPOCH_OFFSET) != knownEpoch && count();
    }

    private boolean count() {
        long epoch = participants.acquireEpoch(); // First: who leaves meanwhile changes it again.
        if (participants.hasLeft()) { // By another thread: what is written now goes nowhere.
            throw new IllegalStateException("this end is closed");
        }
        if (!gone || knownEpoch != ~epoch) {
            gone = participants.presence(side) == Presence.GONE;
            knownEpoch = gone ? ~epoch : epoch; // While all are gone each call compares once more.
        }
        return gone;
    }

    /**
     * The epoch in which the side was counted last. After {@link #hasLeft} has returned {@code
     * true}: as long as this is the same, no end has come or gone on either side.
     *
     * @return the epoch
     */
    public long epoch() {
        return gone ? ~knownEpoch : knownEpoch;
    }

    /**
     * Makes the next {@link #hasLeft} count again: a process may have been killed after it had
     * written its state, and before it changed the epoch. To be called now and then.
     */
    public void recount() {
        gone = false;
        knownEpoch = participants.epoch() - 1;
    }
}
