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
    private long knownEpoch; // Read for every message, hardly ever written.

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
        boolean gone = participants.presence(side) == Presence.GONE;
        knownEpoch = gone ? ~epoch : epoch; // While they are gone each call counts.
        return gone;
    }
}
