package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.linux.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Forks of a few milliseconds, for tests. */
final class PairFixture {
    private static final long BLOCK_NS = TimeUnit.MILLISECONDS.toNanos(20);
    static final ForkDurations SHORT = new ForkDurations(BLOCK_NS, BLOCK_NS, 1000);

    private final PairLauncher launcher = new PairLauncher(100);
    private final Placement place;

    PairFixture() {
        try {
            int[] allowed = Platform.allowedCpus();
            List<Integer> cpus = List.of(allowed[0], allowed[allowed.length > 1 ? 1 : 0]);
            place = Placement.of(cpus);
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

    PairResult launch(String id, Workload workload) throws IOException {
        return launch(id, workload, SHORT, null);
    }

    PairResult launch(String id, Workload workload, ForkDurations forkDurations, Fault fault)
            throws IOException {
        return launcher.launch(order(id, workload, forkDurations, fault));
    }

    PairPlan order(String id, List<Workload> workloads) {
        return new PairPlan(id, workloads, place, SHORT, 42, null);
    }

    PairPlan order(String id, Workload workload, ForkDurations forkDurations, Fault fault) {
        return new PairPlan(id, List.of(workload), place, forkDurations, 42, fault);
    }

    /** Checks that what two initiators send arrives, and is counted by its sender. */
    void checkFanIn(String id) throws IOException {
        PairResult result = launch(id, Workload.of(Pattern.FANIN, 64));
        assertEquals(2, result.initiators().size());
        Fork fork = result.fork(0);
        assertEquals(3, fork.ends().size());
        assertTrue(fork.messages() > 0);
        double fairness = fork.numbers().get(Numbers.FAIRNESS);
        assertTrue(fairness >= 0.5 && fairness <= 1, id + " " + fairness);
        assertEquals(0, result.responder().counters.lost(), id);
        assertEquals(0, result.responder().counters.duplicated(), id);
        assertEquals(0, result.responder().counters.corrupted(), id);
    }

    /** Waits for the first process of this one, and kills it. */
    static void killTheFirstEnd() {
        while (true) {
            var end = ProcessHandle.current().children().findFirst();
            if (end.isPresent() && end.get().destroyForcibly()) {
                return;
            }
            Thread.onSpinWait();
        }
    }
}
