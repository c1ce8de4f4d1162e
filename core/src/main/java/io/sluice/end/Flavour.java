package io.sluice.end;

import io.sluice.file.Feature;
import io.sluice.file.Geometry;
import io.sluice.file.LaneFile;
import io.sluice.lane.DrainMode;
import io.sluice.lane.LaneGauge;
import io.sluice.lane.LaneReceiver;
import io.sluice.lane.LaneSender;

/**
 * What kind of lanes a pipe has: one protocol each, behind one handle. (The idea and the word are
 * crossbeam's.) Everything else about a pipe is the same for all: who is attached, who has died,
 * waking and waiting, the end and the break.
 *
 * <p>An object belongs to one end of a pipe, and is used by its thread.
 */
interface Flavour {
    /** The flavour that a pipe has. */
    static Flavour of(Geometry geometry) {
        return of(geometry, DrainMode.NONE);
    }

    /** The flavour that a pipe has, for a receiver; how long it stays away after a batch. */
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

    /** The sending side of a lane, that goes on where the last sender stopped. */
    LaneSender sender(LaneFile lane);

    /** The receiving side of a lane, for the receiver of that number. */
    LaneReceiver receiver(LaneFile lane, int receiver);

    /**
     * Gives to others what a dead receiver had taken from a lane and not finished. With its lock
     * held. May be repeated.
     *
     * @return how many messages that were
     */
    int recoverReceiver(LaneFile lane, int receiver);

    /** Undoes what a dead sender cannot finish. With its lock held. May be repeated. */
    default void recoverSender(LaneFile lane) {}

    /** How far a lane's ends are. */
    LaneGauge gauge(LaneFile lane);

    /** How many rings a lane consists of. */
    default int segments(LaneFile lane) {
        return 1;
    }

    /** How many rings of a lane have space. */
    default int allocatedSegments(LaneFile lane) {
        return 1;
    }

    /** How many of a lane's messages a receiver has taken and not finished, as far as it shows. */
    int takenBy(LaneFile lane, int receiver);
}
