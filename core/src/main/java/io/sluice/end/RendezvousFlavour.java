package io.sluice.end;

import io.sluice.file.LaneFile;
import io.sluice.lane.LaneGauge;
import io.sluice.lane.LaneReceiver;
import io.sluice.lane.LaneSender;
import io.sluice.lane.RendezvousLaneReceiver;
import io.sluice.lane.RendezvousLaneSender;

/**
 * Lanes that hold nothing: a message goes from a sender that waits to one of the receivers. A
 * receiver has taken all of a message or nothing, so its death leaves nothing to do.
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
