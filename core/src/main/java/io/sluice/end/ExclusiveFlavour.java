package io.sluice.end;

import io.sluice.file.LaneFile;
import io.sluice.lane.DrainMode;
import io.sluice.lane.ExclusiveLaneReceiver;
import io.sluice.lane.ExclusiveLaneSender;
import io.sluice.lane.LaneGauge;
import io.sluice.lane.LaneReceiver;
import io.sluice.lane.LaneSender;
import io.sluice.lane.StampedLaneSender;

/**
 * Single-producer, single-consumer rings. A receiver that attaches recovers the messages that its
 * predecessor had taken and not finished.
 *
 * @param redeliver whether those messages are delivered again
 * @param stamped whether each message carries a send timestamp
 * @param drain how long a receiver backs off from a lane after a batch
 */
record ExclusiveFlavour(boolean redeliver, boolean stamped, DrainMode drain) implements Flavour {
    @Override
    public LaneSender sender(LaneFile lane) {
        LaneSender sender = new ExclusiveLaneSender(lane.control(), lane.ring());
        return stamped ? new StampedLaneSender(sender) : sender;
    }

    @Override
    public LaneReceiver receiver(LaneFile lane, int receiver) {
        return new ExclusiveLaneReceiver(lane.control(), lane.ring(), redeliver, drain);
    }

    @Override
    public int recoverReceiver(LaneFile lane, int receiver) {
        return 0;
    }

    @Override
    public LaneGauge gauge(LaneFile lane) {
        return LaneGauge.ofExclusive(lane.control(), lane.ring());
    }

    @Override
    public int takenBy(LaneFile lane, int receiver) {
        return 0;
    }
}
