package io.sluice.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Delivery;
import io.sluice.Pipe;
import io.sluice.Proof;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A paused process, however long the pause, is not dead: nothing is taken from it, and it blocks
 * others only by what it holds.
 *
 * <p>The property {@code sluice.pause.seconds} sets the least duration of each pause.
 */
class PauseTest {
    private static final long PAUSE_NANOS =
            TimeUnit.SECONDS.toNanos(Proof.size("sluice.pause.seconds", 0, 1));
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(90);
    private static final int SENDERS = 3;
    private static final int ENDS = 6;

    /** More of the shortest messages than a lane holds. */
    private static final long LAP = 8192 / Content.HEADER + 100;

    @TempDir Path directory;
    private final List<ChildProcessHandle> processes = new ArrayList<>();
    private ControlFile controlFile;

    @AfterEach
    void killProcesses() {
        processes.forEach(ChildProcessHandle::close);
    }

    @Test
    void aPausedProcessKeepsItsMessagesAndTheOthersProceed() throws Exception {
        CrashTopology crashTopology =
                new CrashTopology(SENDERS, SENDERS, Delivery.AT_LEAST_ONCE, 8192, 1, true);
        Pipe.create(directory.resolve("pipe"), crashTopology.spec());
        controlFile = new ControlFile(directory);
        List<CrashScenario.ScenarioEnd> scenarioEnds = new ArrayList<>();
        try (WarmProcesses warmProcesses = new WarmProcesses(null)) {
            for (int i = 0; i < ENDS; i++) {
                scenarioEnds.add(new CrashScenario.ScenarioEnd(i, i < SENDERS, i));
                processes.add(warmProcesses.acquire(new Random()));
                String what = i < SENDERS ? " - sender:" : " - receiver:";
                processes.get(i).writeLine(directory + " " + i + " " + i + what + i);
            }
            awaitAll("all send", i -> i >= SENDERS || controlFile.accepted(i) > 0, ENDS, 0);
            pause(0, SENDERS - 1); // The other senders.
            pause(SENDERS, SENDERS - 1); // What it holds may keep one lane full.
            controlFile.order(ControlFile.CLOSE);
            awaitAll("all close", i -> controlFile.state(i) == ControlFile.FINISHED, SENDERS, 0);
            controlFile.order(ControlFile.DRAIN);
            awaitAll("all drain", i -> controlFile.state(i) == ControlFile.FINISHED, ENDS, 0);
        }
        CrashCounts crashCounts = new CrashCounts();
        new DeliveryAudit(
                        crashTopology,
                        controlFile,
                        directory,
                        scenarioEnds,
                        new long[ENDS],
                        crashCounts)
                .run();
        Proof.PAUSES.add(2, crashCounts.summary());
        assertTrue(
                crashCounts.isClean(),
                () -> "\n" + CrashCounts.HEADING + "\n" + crashCounts.row("paused"));
        assertEquals(0, crashCounts.redelivered, "no process died");
    }

    /** Pauses a process until that many senders have lapped their lanes, and the time is over. */
    private void pause(int end, int going) throws Exception {
        long[] before = IntStream.range(0, SENDERS).mapToLong(controlFile::accepted).toArray();
        assertTrue(processes.get(end).signal(Signals.STOP));
        awaitAll(
                going + " senders go on while " + end + " is paused",
                i -> controlFile.accepted(i) > before[i] + LAP,
                SENDERS,
                SENDERS - going);
        long start = System.nanoTime();
        while (System.nanoTime() - start < PAUSE_NANOS) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        assertTrue(processes.get(end).signal(Signals.CONT));
        long[] after = IntStream.range(0, SENDERS).mapToLong(controlFile::accepted).toArray();
        awaitAll("all go on", i -> controlFile.accepted(i) > after[i] + LAP, SENDERS, 0);
    }

    /** Waits until a condition holds for the first ends, with some exceptions. */
    private void awaitAll(String what, IntPredicate condition, int count, int but)
            throws Exception {
        long start = System.nanoTime();
        while (IntStream.range(0, count).filter(condition).count() < count - but) {
            if (System.nanoTime() - start > DEADLINE_NANOS) {
                throw new AssertionError(
                        "not so: " + what + PipeDump.of(directory.resolve("pipe")));
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
