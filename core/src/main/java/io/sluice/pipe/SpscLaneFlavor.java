package io.sluice.pipe;

import io.sluice.pipe.storage.LaneFile;
import io.sluice.ring.DrainMode;
import io.sluice.ring.LaneReceiver;
import io.sluice.ring.LaneSender;
import io.sluice.ring.RingStats;
import io.sluice.ring.SpscRingReceiver;
import io.sluice.ring.SpscRingSender;
import io.sluice.ring.TimestampedLaneSender;

/**
 * Single-producer, single-consumer rings. A receiver that attaches recovers the messages that its
 * predecessor had taken and not finished.
 *
 * @param redeliver whether those messages are delivered again
 * @param timestamped whether each message carries a send timestamp
 * @param drain how long a receiver backs off from a lane after a batch
 */
record SpscLaneFlavor(boolean redeliver, boolean timestamped, DrainMode drain)
        implements LaneFlavor {
    @Override
    public LaneSender sender(LaneFile lane) {
        LaneSender sender = new SpscRingSender(lane.control(), lane.ring());
        return timestamped ? new TimestampedLaneSender(sender) : sender;
    }

    @Override
    public LaneReceiver receiver(LaneFile lane, int receiver) {
        return new SpscRingReceiver(lane.control(), lane.ring(), redeliver, drain);
    }

    @Override
    public int recoverReceiver(LaneFile lane, int receiver) {
        return 0;
    }

    @Override
    public RingStats stats(LaneFile lane) {
        return RingStats.ofSpsc(lane.control(), lane.ring());
    }

    @Override
    public int takenBy(LaneFile lane, int receiver) {
        return 0;
    }
}
