package io.sluice.end;

import io.sluice.file.LaneFile;
import io.sluice.lane.LaneGauge;
import io.sluice.lane.LaneReceiver;
import io.sluice.lane.LaneSender;
import io.sluice.lane.SharedLaneReceiver;
import io.sluice.lane.SharedLaneRecovery;
import io.sluice.lane.SharedLaneSender;

/**
 * Single-producer, multi-consumer rings: each message goes to one of the receivers.
 *
 * @param redeliver whether messages that a dead receiver had taken are delivered again
 */
record SharedFlavour(boolean redeliver) implements Flavour {
    @Override
    public LaneSender sender(LaneFile lane) {
        return new SharedLaneSender(lane.control(), lane.claims(), lane.ring());
    }

    @Override
    public LaneReceiver receiver(LaneFile lane, int receiver) {
        return new SharedLaneReceiver(lane.control(), lane.claims(), lane.ring(), receiver);
    }

    @Override
    public int recoverReceiver(LaneFile lane, int receiver) {
        return SharedLaneRecovery.recover(lane.control(), lane.claims(), receiver, redeliver);
    }

    @Override
    public LaneGauge gauge(LaneFile lane) {
        return LaneGauge.ofShared(lane.control(), lane.claims());
    }

    @Override
    public int takenBy(LaneFile lane, int receiver) {
        return SharedLaneRecovery.takenBy(lane.claims(), receiver);
    }
}
