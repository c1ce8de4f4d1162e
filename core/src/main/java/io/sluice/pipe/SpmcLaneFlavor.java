package io.sluice.pipe;

import io.sluice.pipe.storage.LaneFile;
import io.sluice.ring.LaneReceiver;
import io.sluice.ring.LaneSender;
import io.sluice.ring.RingStats;
import io.sluice.ring.SpmcRingReceiver;
import io.sluice.ring.SpmcRingRecovery;
import io.sluice.ring.SpmcRingSender;

/**
 * Single-producer, multi-consumer rings: each message goes to one of the receivers.
 *
 * @param redeliver whether messages that a dead receiver had taken are delivered again
 */
record SpmcLaneFlavor(boolean redeliver) implements LaneFlavor {
    @Override
    public LaneSender sender(LaneFile lane) {
        return new SpmcRingSender(lane.control(), lane.slotStates(), lane.ring());
    }

    @Override
    public LaneReceiver receiver(LaneFile lane, int receiver) {
        return new SpmcRingReceiver(lane.control(), lane.slotStates(), lane.ring(), receiver);
    }

    @Override
    public int recoverReceiver(LaneFile lane, int receiver) {
        return SpmcRingRecovery.recover(lane.control(), lane.slotStates(), receiver, redeliver);
    }

    @Override
    public RingStats stats(LaneFile lane) {
        return RingStats.ofSpmc(lane.control(), lane.slotStates());
    }

    @Override
    public int takenBy(LaneFile lane, int receiver) {
        return SpmcRingRecovery.takenBy(lane.slotStates(), receiver);
    }
}
