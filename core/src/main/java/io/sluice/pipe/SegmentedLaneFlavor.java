package io.sluice.pipe;

import io.sluice.InvalidPipeException;
import io.sluice.pipe.storage.Feature;
import io.sluice.pipe.storage.LaneFile;
import io.sluice.pipe.storage.PipeLayout;
import io.sluice.ring.DrainMode;
import io.sluice.ring.FileFailure;
import io.sluice.ring.LaneReceiver;
import io.sluice.ring.LaneSender;
import io.sluice.ring.RingFlavor;
import io.sluice.ring.RingStats;
import io.sluice.ring.SegmentedRing;
import io.sluice.ring.SegmentedRingReceiver;
import io.sluice.ring.SegmentedRingSender;
import io.sluice.ring.SpmcRingFlavor;
import io.sluice.ring.SpscRingFlavor;
import io.sluice.ring.TimestampedLaneSender;
import java.io.IOException;

/**
 * Segmented rings: each lane is a linked list of rings, SPSC or SPMC.
 *
 * @param pipeLayout the geometry of the pipe
 * @param redeliver whether messages that a dead receiver had taken are delivered again
 * @param drain how long a receiver backs off from a lane after a batch
 */
record SegmentedLaneFlavor(PipeLayout pipeLayout, boolean redeliver, DrainMode drain)
        implements LaneFlavor {
    private RingFlavor flavor(int receiver) {
        return pipeLayout.usesSpmcRings()
                ? new SpmcRingFlavor(receiver)
                : new SpscRingFlavor(redeliver, drain);
    }

    @Override
    public LaneSender sender(LaneFile lane) {
        try {
            LaneSender sender =
                    new SegmentedRingSender(
                            lane.control(),
                            lane.table(),
                            lane.segments(),
                            flavor(0),
                            pipeLayout.has(Feature.DROP_OLDEST));
            return pipeLayout.has(Feature.ARRIVAL_ORDER)
                    ? new TimestampedLaneSender(sender)
                    : sender;
        } catch (IOException | InvalidPipeException e) {
            throw FileFailure.asException("the newest segment", e);
        }
    }

    @Override
    public LaneReceiver receiver(LaneFile lane, int receiver) {
        return new SegmentedRingReceiver(
                lane.control(), lane.table(), lane.segments(), flavor(receiver), receiver);
    }

    @Override
    public int recoverReceiver(LaneFile lane, int receiver) {
        return segmentedRing(lane).recover(receiver, redeliver);
    }

    @Override
    public RingStats stats(LaneFile lane) {
        return segmentedRing(lane).stats();
    }

    @Override
    public int segments(LaneFile lane) {
        return segmentedRing(lane).length();
    }

    @Override
    public int allocatedSegments(LaneFile lane) {
        return segmentedRing(lane).allocatedSegments();
    }

    @Override
    public int takenBy(LaneFile lane, int receiver) {
        return segmentedRing(lane).takenBy(receiver);
    }

    private SegmentedRing segmentedRing(LaneFile lane) {
        return new SegmentedRing(lane.table(), lane.segments());
    }
}
