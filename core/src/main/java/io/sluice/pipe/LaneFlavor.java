package io.sluice.pipe;

import io.sluice.pipe.storage.PipeLayout;
import io.sluice.pipe.storage.PipeLayout.Feature;
import io.sluice.ring.RingFlavor;
import io.sluice.wait.DrainMode;

/** The choice of a pipe's lane protocol. */
final class LaneFlavor {
    private LaneFlavor() {}

    /** Returns the flavor of a pipe. */
    static RingFlavor of(PipeLayout pipeLayout) {
        return of(pipeLayout, DrainMode.NONE);
    }

    /** Returns the flavor of a pipe, for a receiver with the given backoff after a batch. */
    static RingFlavor of(PipeLayout pipeLayout, DrainMode drain) {
        RingFlavor.Protocol shared =
                pipeLayout.usesSpmcRings() ? RingFlavor.Protocol.SPMC : RingFlavor.Protocol.SPSC;
        return new RingFlavor(
                pipeLayout.has(Feature.RENDEZVOUS) ? RingFlavor.Protocol.RENDEZVOUS : shared,
                pipeLayout.has(Feature.ARRIVAL_ORDER),
                pipeLayout.has(Feature.DROP_OLDEST),
                !pipeLayout.has(Feature.AT_MOST_ONCE),
                pipeLayout.senders() == 1 ? drain : DrainMode.NONE);
    }
}
