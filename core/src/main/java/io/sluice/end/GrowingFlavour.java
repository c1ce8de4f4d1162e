package io.sluice.end;

import io.sluice.file.Feature;
import io.sluice.file.Geometry;
import io.sluice.file.LaneFile;
import io.sluice.lane.Chain;
import io.sluice.lane.ChainReceiver;
import io.sluice.lane.ChainSender;
import io.sluice.lane.DrainMode;
import io.sluice.lane.ExclusiveRings;
import io.sluice.lane.FileFailure;
import io.sluice.lane.LaneGauge;
import io.sluice.lane.LaneReceiver;
import io.sluice.lane.LaneSender;
import io.sluice.lane.RingKind;
import io.sluice.lane.SharedRings;
import io.sluice.lane.StampedLaneSender;
import java.io.IOException;

/**
 * Segmented rings: each lane is a linked list of rings, exclusive or shared.
 *
 * @param geometry the geometry of the pipe
 * @param redeliver whether messages that a dead receiver had taken are delivered again
 * @param drain how long a receiver backs off from a lane after a batch
 */
record GrowingFlavour(Geometry geometry, boolean redeliver, DrainMode drain) implements Flavour {
    private RingKind kind(int receiver) {
        return geometry.sharesLanes()
                ? new SharedRings(receiver)
                : new ExclusiveRings(redeliver, drain);
    }

    @Override
    public LaneSender sender(LaneFile lane) {
        try {
            LaneSender sender =
                    new ChainSender(
                            lane.control(),
                            lane.table(),
                            lane.segments(),
                            kind(0),
                            geometry.has(Feature.DROP_OLDEST));
            return geometry.has(Feature.ARRIVAL_ORDER) ? new StampedLaneSender(sender) : sender;
        } catch (IOException e) {
            throw FileFailure.asException("the newest segment", e);
        }
    }

    @Override
    public LaneReceiver receiver(LaneFile lane, int receiver) {
        return new ChainReceiver(
                lane.control(), lane.table(), lane.segments(), kind(receiver), receiver);
    }

    @Override
    public int recoverReceiver(LaneFile lane, int receiver) {
        return chain(lane).recover(receiver, redeliver);
    }

    @Override
    public LaneGauge gauge(LaneFile lane) {
        return chain(lane).gauge();
    }

    @Override
    public int segments(LaneFile lane) {
        return chain(lane).length();
    }

    @Override
    public int allocatedSegments(LaneFile lane) {
        return chain(lane).allocated();
    }

    @Override
    public int takenBy(LaneFile lane, int receiver) {
        return chain(lane).takenBy(receiver);
    }

    private Chain chain(LaneFile lane) {
        return new Chain(lane.table(), lane.segments());
    }
}
