package io.sluice.end;

import io.sluice.file.Feature;
import io.sluice.file.Geometry;
import io.sluice.file.LaneFile;
import io.sluice.lane.DrainMode;
import io.sluice.lane.LaneGauge;
import io.sluice.lane.LaneReceiver;
import io.sluice.lane.LaneSender;

/**
 * The kind of lanes of a pipe: one protocol each, behind a common interface. (The idea and the word
 * come from crossbeam's channels.) Everything else is the same for all flavours: membership,
 * liveness, waiting and waking, end of stream, broken pipe.
 *
 * <p>An instance belongs to one end of a pipe, and is used by the end's thread.
 */
interface Flavour {
    /** Returns the flavour of a pipe. */
    static Flavour of(Geometry geometry) {
        return of(geometry, DrainMode.NONE);
    }

    /** Returns the flavour of a pipe, for a receiver with the given back-off after a batch. */
    static Flavour of(Geometry geometry, DrainMode drain) {
        if (geometry.has(Feature.RENDEZVOUS)) {
            return new RendezvousFlavour();
        }
        boolean redeliver = !geometry.has(Feature.AT_MOST_ONCE);
        DrainMode ofLane = geometry.senders() == 1 ? drain : DrainMode.NONE;
        if (geometry.grows()) {
            return new GrowingFlavour(geometry, redeliver, ofLane);
        }
        return geometry.sharesLanes()
                ? new SharedFlavour(redeliver)
                : new ExclusiveFlavour(redeliver, geometry.has(Feature.ARRIVAL_ORDER), ofLane);
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
    LaneGauge gauge(LaneFile lane);

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
