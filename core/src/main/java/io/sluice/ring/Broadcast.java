package io.sluice.ring;

import io.sluice.PipePosition;
import io.sluice.memory.RingMemory;

/**
 * What distinguishes a lane of which each receiver gets every message.
 *
 * @param receivers the maximum number of receivers
 * @param demoting whether the sender demotes a gated receiver that is three quarters of the ring
 *     behind
 * @param lossy of a receiver: whether the sender may overwrite what it has not received
 * @param start of a receiver: where it begins
 */
public record Broadcast(int receivers, boolean demoting, boolean lossy, PipePosition start) {
    BroadcastLimit limit(RingMemory lane) {
        return new BroadcastLimit(
                lane.control(),
                lane.slotStates(),
                Math.toIntExact(lane.ring().size()),
                receivers,
                demoting);
    }

    BroadcastRingReceiver receiver(RingMemory lane, int index, DrainBackoff drainBackoff) {
        return lossy || demoting
                ? new LossyRingReceiver(lane, index, this, drainBackoff)
                : new GatedRingReceiver(lane, index, this, drainBackoff);
    }
}
