package io.sluice.torture;

import io.sluice.Proof;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A process with its ends, and when and how it dies. */
final class CrashableProcess {
    private static final long MILLISECOND = 1_000_000;
    private static final long START_NANOS = 60_000 * MILLISECOND;
    private static final long RUN_NANOS = Proof.size(200, 500) * MILLISECOND;
    private static final int MAX_STOP_MILLIS = 50;
    private static final int KILLED = 128 + Signals.KILL;

    /** Receivers of a broadcast are to be lapped, and senders to lap them, before they die. */
    private static final int MAX_BROADCAST = 40_000;

    private static final long BROADCAST_NANOS = 3 * RUN_NANOS;

    /** The bits of the number of calls and returns after which a process in C dies. */
    private static final int MIN_HITS_BITS = 8;

    private static final int MAX_HITS_BITS = 24;

    private final ChildProcessHandle process;
    private final int jvm;
    private final List<CrashScenario.ScenarioEnd> scenarioEnds;

    /** The ends whose messages bound its life. */
    private final List<CrashScenario.ScenarioEnd> counted;

    private final long maxMessages;
    private final long maxNanos;
    private final long firstStopNanos;
    private final long startNanos = System.nanoTime();
    private boolean started;
    private long ranNanos;
    private long lastTick;
    private long stopAt;
    private long continueAt;
    private long killedNanos;
    private boolean finished;

    CrashableProcess(
            WarmProcesses warmProcesses,
            Path directory,
            int jvm,
            List<CrashScenario.ScenarioEnd> scenarioEnds,
            boolean broadcast,
            Random random)
            throws IOException {
        this.process = warmProcesses.acquire(random);
        this.jvm = jvm;
        this.scenarioEnds = scenarioEnds;
        int fate = random.nextInt(8);
        boolean diesAtPoint = fate < (broadcast ? 3 : 5);
        String orders = "-";
        if (process.isInC()) { // It dies after a number of calls and returns.
            orders = diesAtPoint ? hits(random) : "-";
        } else if (diesAtPoint) {
            orders = warmProcesses.chooseKillPoints(random);
        } else if (fate == 5) {
            orders = warmProcesses.chooseStopPoints(random);
        }
        if (broadcast) { // While no receiver is gated, a sender waits for none.
            counted = scenarioEnds.stream().filter(end -> !end.sends()).toList();
            maxMessages = 1 + random.nextInt(MAX_BROADCAST);
        } else {
            counted = scenarioEnds;
            maxMessages = diesAtPoint ? 3_000 : random.nextInt(1 << 4 + random.nextInt(13));
        }
        maxNanos = broadcast ? BROADCAST_NANOS : RUN_NANOS;
        firstStopNanos = MILLISECOND * random.nextInt(fate == 6 ? 60 : 3000);
        StringBuilder line =
                new StringBuilder(directory + " " + jvm + " " + random.nextInt() + " " + orders);
        for (CrashScenario.ScenarioEnd scenarioEnd : scenarioEnds) {
            line.append(" " + scenarioEnd.kind() + ":").append(scenarioEnd.number());
        }
        process.writeLine(line.toString());
    }

    private static String hits(Random random) {
        int bits = MIN_HITS_BITS + random.nextInt(MAX_HITS_BITS - MIN_HITS_BITS);
        return Integer.toString(random.nextInt(1 << bits));
    }

    int jvm() {
        return jvm;
    }

    boolean isFinished() {
        return finished;
    }

    long deathNanos() {
        return killedNanos;
    }

    int count(boolean senders) {
        return (int) scenarioEnds.stream().filter(e -> e.sends() == senders).count();
    }

    /** Tests whether one of its ends on that side is attached, and the process is not stopped. */
    boolean isAttached(ControlFile controlFile, boolean senders) {
        return continueAt == 0
                && scenarioEnds.stream()
                        .anyMatch(
                                e ->
                                        e.sends() == senders
                                                && controlFile.state(e.number())
                                                        == ControlFile.ATTACHED);
    }

    /** Tests whether one of its ends on that side is not finished. */
    boolean hasUnfinishedEnd(ControlFile controlFile, boolean senders) {
        return scenarioEnds.stream()
                .anyMatch(
                        e ->
                                e.sends() == senders
                                        && controlFile.state(e.number()) != ControlFile.FINISHED);
    }

    /**
     * Checks the process, and stops, continues or kills it when due.
     *
     * @param flows whether both sides have an end: only then its lifetime counts
     */
    void tick(
            long now,
            boolean flows,
            WarmProcesses warmProcesses,
            ControlFile controlFile,
            CrashCounts crashCounts,
            Random random)
            throws Exception {
        if (!process.isAlive()) {
            onExit(warmProcesses, controlFile, crashCounts);
            return;
        }
        if (!started && !checkStarted(now, controlFile)) {
            return;
        }
        for (CrashScenario.ScenarioEnd scenarioEnd : scenarioEnds) {
            if (controlFile.state(scenarioEnd.number()) == ControlFile.FAILED) {
                throw new AssertionError(scenarioEnd + " failed, see its stack trace");
            }
        }
        if (controlFile.jvmState(jvm) == ControlFile.FINISHED
                && continueAt == 0
                && killedNanos == 0 // It may have finished just before the signal.
                && !process.isStopped()) {
            finished = true;
            warmProcesses.release(process);
            return;
        }
        boolean byItself = controlFile.stopPoint(jvm) >= 0 || process.isStopped();
        if (continueAt == 0 && (byItself || now >= stopAt)) {
            if (!byItself && !process.signal(Signals.STOP)) {
                return; // It died at a point since this tick began: the next tick finds it dead.
            }
            crashCounts.stops++;
            continueAt = now + MILLISECOND * (1 + random.nextInt(MAX_STOP_MILLIS));
        } else if (continueAt != 0 && now >= continueAt && process.isStopped()) {
            controlFile.resumed(jvm);
            process.signal(Signals.CONT);
            continueAt = 0;
            stopAt = Long.MAX_VALUE;
        }
        ranNanos += flows ? now - lastTick : 0;
        lastTick = now;
        boolean enough = ranNanos >= maxNanos || controlFile.acceptedTotal(counted) >= maxMessages;
        if (killedNanos == 0 && enough && process.signal(Signals.KILL)) {
            killedNanos = now;
        }
    }

    /** Tests whether the process has started on its order; its lifetime counts from then on. */
    private boolean checkStarted(long now, ControlFile controlFile) {
        if (controlFile.jvmState(jvm) == ControlFile.STARTING) {
            if (now - startNanos > START_NANOS) {
                throw new AssertionError(process + " does not start");
            }
            // A thread of Sluice's may have reached a point of its last order, and stops it now.
            if (process.isStopped()) {
                process.signal(Signals.CONT);
            }
            return false;
        }
        started = true;
        lastTick = now;
        stopAt = now + firstStopNanos;
        return true;
    }

    private void onExit(
            WarmProcesses warmProcesses, ControlFile controlFile, CrashCounts crashCounts) {
        finished = true;
        int point = controlFile.killPoint(jvm);
        if (process.exitValue() != KILLED || point < 0 && killedNanos == 0) {
            throw new AssertionError(this + " ended by itself: " + process.exitValue());
        }
        crashCounts.kills++;
        if (point >= 0) {
            crashCounts.killsAtPoints++;
            if (!process.isInC()) {
                warmProcesses.recordKill(point);
            }
            killedNanos = controlFile.killNanos(jvm);
        }
        process.close();
    }

    void close() {
        process.close();
    }

    String describe(ControlFile controlFile) {
        StringBuilder text = new StringBuilder(process.toString());
        text.append(" in state ").append(controlFile.jvmState(jvm));
        for (CrashScenario.ScenarioEnd scenarioEnd : scenarioEnds) {
            text.append(", ")
                    .append(scenarioEnd.sends() ? "sender " : "receiver ")
                    .append(scenarioEnd.number());
            text.append(" in state ").append(controlFile.state(scenarioEnd.number()));
            text.append(", accepted ").append(controlFile.accepted(scenarioEnd.number()));
        }
        return text.toString();
    }
}
