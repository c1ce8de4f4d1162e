package io.sluice.compare.rig;

import io.sluice.compare.transport.Transports;
import io.sluice.os.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Launches of a few milliseconds, for tests. */
final class Pairs {
    private static final long BLOCK_NS = TimeUnit.MILLISECONDS.toNanos(20);
    static final Effort SHORT = new Effort(BLOCK_NS, BLOCK_NS, 1000);

    private final PairLauncher launcher = new PairLauncher(40);
    private final Placement place;

    Pairs() {
        try {
            int[] allowed = Threads.allowedCpus();
            List<Integer> cpus = List.of(allowed[0], allowed[allowed.length > 1 ? 1 : 0]);
            place = new Placement(Topology.of(cpus).relation(cpus.get(0), cpus.get(1)), cpus);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Two CPUs, if there are two. */
    Placement place() {
        return place;
    }

    PairLauncher launcher() {
        return launcher;
    }

    PairLauncher.Pair launch(String id, Workload workload) throws IOException {
        return launch(id, workload, SHORT, null);
    }

    PairLauncher.Pair launch(String id, Workload workload, Effort effort, Fault fault)
            throws IOException {
        return launcher.launch(order(id, workload, effort, fault));
    }

    PairLauncher.Order order(String id, Workload workload, Effort effort, Fault fault) {
        return new PairLauncher.Order(Transports.of(id), workload, place, effort, 42, fault);
    }
}
