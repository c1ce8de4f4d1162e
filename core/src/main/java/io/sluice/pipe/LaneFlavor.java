package io.sluice.pipe;

import io.sluice.PipePosition;
import io.sluice.pipe.storage.PipeLayout;
import io.sluice.pipe.storage.PipeLayout.Feature;
import io.sluice.ring.Broadcast;
import io.sluice.ring.RingFlavor;
import io.sluice.wait.DrainMode;

/** The choice of a pipe's lane protocol. */
final class LaneFlavor {
    /**
     * The smallest ring in which a receiver pauses that loses what it is too slow for: while it
     * pauses as by default, a sender writes less.
     */
    private static final int MIN_RING_TO_PAUSE = 1 << 16;

    private LaneFlavor() {}

    /** Returns the flavor of a pipe. */
    static RingFlavor of(PipeLayout pipeLayout) {
        return of(pipeLayout, DrainMode.NONE, false, PipePosition.NEWEST);
    }

    /**
     * Returns the flavor of a pipe, for a receiver.
     *
     * @param drain its backoff after a batch, if it has one lane
     * @param lossy of a broadcast: whether senders may overwrite what it has not received
     * @param start of a broadcast: where it begins
     */
    static RingFlavor of(
            PipeLayout pipeLayout, DrainMode drain, boolean lossy, PipePosition start) {
        boolean loses =
                lossy || pipeLayout.has(Feature.DEMOTE) || pipeLayout.has(Feature.DROP_OLDEST);
        boolean pauses =
                pipeLayout.senders() == 1 && (!loses || pipeLayout.capacity() >= MIN_RING_TO_PAUSE);
        DrainMode ofLane = pauses ? drain : DrainMode.NONE;
        if (pipeLayout.has(Feature.BROADCAST)) {
            return new RingFlavor(
                    RingFlavor.Protocol.BROADCAST,
                    false,
                    false,
                    false,
                    ofLane,
                    new Broadcast(
                            pipeLayout.receivers(), pipeLayout.has(Feature.DEMOTE), lossy, start));
        }
        RingFlavor.Protocol shared =
                pipeLayout.usesSpmcRings() ? RingFlavor.Protocol.SPMC : RingFlavor.Protocol.SPSC;
        return new RingFlavor(
                pipeLayout.has(Feature.RENDEZVOUS) ? RingFlavor.Protocol.RENDEZVOUS : shared,
                pipeLayout.has(Feature.ARRIVAL_ORDER),
                pipeLayout.has(Feature.DROP_OLDEST),
                !pipeLayout.has(Feature.AT_MOST_ONCE),
                ofLane);
    }
}
