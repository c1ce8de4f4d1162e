package io.sluice.end;

import io.sluice.file.LaneFile;
import io.sluice.lane.LaneGauge;
import io.sluice.lane.LaneReceiver;
import io.sluice.lane.LaneSender;
import io.sluice.lane.RendezvousLaneReceiver;
import io.sluice.lane.RendezvousLaneSender;

/**
 * Unbuffered lanes: a message passes from a waiting sender directly to one of the receivers. A
 * receiver takes a message completely or not at all, so a dead receiver needs no recovery.
 */
record RendezvousFlavour() implements Flavour {
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
    public LaneGauge gauge(LaneFile lane) {
        return LaneGauge.ofRendezvous(lane.control(), lane.ring());
    }

    @Override
    public int takenBy(LaneFile lane, int receiver) {
        return 0;
    }
}
