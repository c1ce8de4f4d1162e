package io.sluice.pipe;

import io.sluice.pipe.storage.LaneFile;
import io.sluice.ring.LaneReceiver;
import io.sluice.ring.LaneSender;
import io.sluice.ring.RendezvousLaneReceiver;
import io.sluice.ring.RendezvousLaneSender;
import io.sluice.ring.RingStats;

/**
 * Unbuffered lanes: a message passes from a waiting sender directly to one of the receivers. A
 * receiver takes a message completely or not at all, so a dead receiver needs no recovery.
 */
record RendezvousLaneFlavor() implements LaneFlavor {
    @Override
    public LaneSender sender(LaneFile lane) {
        return new RendezvousLaneSender(lane.control(), lane.ring());
    }

    @Override
    public LaneReceiver receiver(LaneFile lane, int receiver) {
        return new RendezvousLaneReceiver(lane.control(), lane.ring());
    }

    @Override
    public int recoverReceiver(LaneFile lane, int receiver) {
        return 0;
    }

    @Override
    public void recoverSender(LaneFile lane) {
        RendezvousLaneSender.recover(lane.ring());
    }

    @Override
    public RingStats stats(LaneFile lane) {
        return RingStats.ofRendezvous(lane.control(), lane.ring());
    }

    @Override
    public int takenBy(LaneFile lane, int receiver) {
        return 0;
    }
}
