package io.sluice.pipe;

import io.sluice.pipe.storage.Feature;
import io.sluice.pipe.storage.LaneFile;
import io.sluice.pipe.storage.PipeLayout;
import io.sluice.ring.DrainMode;
import io.sluice.ring.LaneReceiver;
import io.sluice.ring.LaneSender;
import io.sluice.ring.RingStats;

/**
 * The kind of lanes of a pipe: one protocol each, behind a common interface. (The idea and the word
 * come from crossbeam's channels.) Everything else is the same for all flavors: membership,
 * liveness, waiting and waking, end of stream, broken pipe.
 *
 * <p>An instance belongs to one end of a pipe, and is used by the end's thread.
 */
interface LaneFlavor {
    /** Returns the flavor of a pipe. */
    static LaneFlavor of(PipeLayout pipeLayout) {
        return of(pipeLayout, DrainMode.NONE);
    }

    /** Returns the flavor of a pipe, for a receiver with the given back-off after a batch. */
    static LaneFlavor of(PipeLayout pipeLayout, DrainMode drain) {
        if (pipeLayout.has(Feature.RENDEZVOUS)) {
            return new RendezvousLaneFlavor();
        }
        boolean redeliver = !pipeLayout.has(Feature.AT_MOST_ONCE);
        DrainMode ofLane = pipeLayout.senders() == 1 ? drain : DrainMode.NONE;
        if (pipeLayout.isSegmented()) {
            return new SegmentedLaneFlavor(pipeLayout, redeliver, ofLane);
        }
        return pipeLayout.usesSpmcRings()
                ? new SpmcLaneFlavor(redeliver)
                : new SpscLaneFlavor(redeliver, pipeLayout.has(Feature.ARRIVAL_ORDER), ofLane);
    }

    /** Creates the sending side of a lane, which continues where the last sender stopped. */
    LaneSender sender(LaneFile lane);

    /** Creates the receiving side of a lane, for the receiver with that index. */
    LaneReceiver receiver(LaneFile lane, int receiver);

    /**
     * Releases the messages that a dead receiver had taken from a lane and not finished. The caller
     * holds the dead receiver's lock. Idempotent.
     *
     * @return the number of messages released
     */
    int recoverReceiver(LaneFile lane, int receiver);

    /** Undoes the unfinished work of a dead sender. The caller holds its lock. Idempotent. */
    default void recoverSender(LaneFile lane) {}

    /** Reads the positions and the message count of a lane. */
    RingStats stats(LaneFile lane);

    /** Returns the number of rings in a lane. */
    default int segments(LaneFile lane) {
        return 1;
    }

    /** Returns the number of rings of a lane that have storage allocated. */
    default int allocatedSegments(LaneFile lane) {
        return 1;
    }

    /**
     * Returns the number of messages that a receiver has taken from a lane and not finished, as far
     * as the lane records it.
     */
    int takenBy(LaneFile lane, int receiver);
}
