package io.sluice.torture;

import io.sluice.torture.Siege.Hang;
import java.util.List;

/**
 * Checks that messages make progress: a process that is stopped, or dead and not yet replaced, may
 * block the others for tens of milliseconds, and a loaded machine for a second or two.
 */
final class Progress {
    private static final long LIMIT_NANOS = 40_000_000_000L;

    private final Ledger ledger;
    private final List<Siege.End> ends;
    private long lastSum = -1;
    private long lastOrder;
    private long since = System.nanoTime();

    Progress(Ledger ledger, List<Siege.End> ends) {
        this.ledger = ledger;
        this.ends = ends;
    }

    void check() throws Hang {
        long now = System.nanoTime();
        long order = ledger.order();
        long sum = ledger.progress(ends);
        if (order != lastOrder || order == Ledger.RUN && sum != lastSum) {
            lastSum = sum;
            lastOrder = order;
            since = now;
        } else if (now - since > LIMIT_NANOS) {
            String what =
                    order == Ledger.RUN
                            ? "no message accepted"
                            : order == Ledger.CLOSE ? "senders not closed" : "not drained";
            throw new Hang(what + " for " + LIMIT_NANOS / 1_000_000_000 + " s");
        }
    }
}
