package io.sluice.torture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A process with its ends, and when and how it dies. */
final class Prisoner {
    private static final long MILLISECOND = 1_000_000;
    private static final long START_NANOS = 60_000 * MILLISECOND;
    private static final long LIFE_NANOS = 500 * MILLISECOND;
    private static final int LONGEST_STOP = 50;
    private static final int KILLED = 128 + Signals.KILL;

    private final VictimJvm process;
    private final int jvm;
    private final List<Siege.End> ends;
    private final long messages;
    private final long firstStopNanos;
    private final long orderedAt = System.nanoTime();
    private boolean begun;
    private long livedNanos;
    private long lastTick;
    private long stopAt;
    private long continueAt;
    private long killedNanos;
    private boolean over;

    Prisoner(Arsenal arsenal, Path directory, int jvm, List<Siege.End> ends, Random random)
            throws IOException {
        this.process = arsenal.take();
        this.jvm = jvm;
        this.ends = ends;
        int fate = random.nextInt(8);
        String orders = fate < 5 ? arsenal.pointsToDieAt(random) : "-";
        if (fate == 5) {
            orders = arsenal.pointsToStopAt(random);
        }
        messages = fate < 5 ? 3_000 : random.nextInt(1 << 4 + random.nextInt(13));
        firstStopNanos = MILLISECOND * random.nextInt(fate == 6 ? 60 : 3000);
        StringBuilder line =
                new StringBuilder(directory + " " + jvm + " " + random.nextInt() + " " + orders);
        for (Siege.End end : ends) {
            line.append(end.sends() ? " sender:" : " receiver:").append(end.number());
        }
        process.say(line.toString());
    }

    int jvm() {
        return jvm;
    }

    boolean isOver() {
        return over;
    }

    long deathNanos() {
        return killedNanos;
    }

    int count(boolean senders) {
        return (int) ends.stream().filter(e -> e.sends() == senders).count();
    }

    /** Tests whether one of its ends on that side is attached, and the process is not stopped. */
    boolean isThere(Ledger ledger, boolean senders) {
        return continueAt == 0
                && ends.stream()
                        .anyMatch(
                                e ->
                                        e.sends() == senders
                                                && ledger.state(e.number()) == Ledger.ATTACHED);
    }

    /** Tests whether one of its ends on that side is not finished. */
    boolean hasOpen(Ledger ledger, boolean senders) {
        return ends.stream()
                .anyMatch(e -> e.sends() == senders && ledger.state(e.number()) != Ledger.FINISHED);
    }

    /**
     * Checks the process, and stops, continues or kills it when due.
     *
     * @param flows whether both sides have an end: only then its lifetime counts
     */
    void tick(long now, boolean flows, Arsenal arsenal, Ledger ledger, Counts counts, Random random)
            throws Exception {
        if (!process.isAlive()) {
            died(arsenal, ledger, counts);
            return;
        }
        if (!begun && !hasBegun(now, ledger)) {
            return;
        }
        for (Siege.End end : ends) {
            if (ledger.state(end.number()) == Ledger.FAILED) {
                throw new AssertionError(end + " failed, see its stack trace");
            }
        }
        if (ledger.jvmState(jvm) == Ledger.FINISHED && continueAt == 0 && !process.isStopped()) {
            over = true;
            arsenal.giveBack(process);
            return;
        }
        boolean byItself = ledger.stoppedAt(jvm) >= 0 || process.isStopped();
        if (continueAt == 0 && (byItself || now >= stopAt)) {
            if (!byItself && !process.signal(Signals.STOP)) {
                return; // It died at a point since this tick began: the next tick finds it dead.
            }
            counts.stops++;
            continueAt = now + MILLISECOND * (1 + random.nextInt(LONGEST_STOP));
        } else if (continueAt != 0 && now >= continueAt && process.isStopped()) {
            ledger.awake(jvm);
            process.signal(Signals.CONT);
            continueAt = 0;
            stopAt = Long.MAX_VALUE;
        }
        livedNanos += flows ? now - lastTick : 0;
        lastTick = now;
        boolean enough = livedNanos >= LIFE_NANOS || ledger.progress(ends) >= messages;
        if (killedNanos == 0 && enough && process.signal(Signals.KILL)) {
            killedNanos = now;
        }
    }

    /** Tests whether the process has started on its order; its lifetime counts from then on. */
    private boolean hasBegun(long now, Ledger ledger) {
        if (ledger.jvmState(jvm) == Ledger.STARTING) {
            if (now - orderedAt > START_NANOS) {
                throw new AssertionError(process + " does not start");
            }
            return false;
        }
        begun = true;
        lastTick = now;
        stopAt = now + firstStopNanos;
        return true;
    }

    private void died(Arsenal arsenal, Ledger ledger, Counts counts) {
        over = true;
        int point = ledger.diedAt(jvm);
        if (process.exitValue() != KILLED || point < 0 && killedNanos == 0) {
            throw new AssertionError(this + " ended by itself: " + process.exitValue());
        }
        counts.kills++;
        if (point >= 0) {
            counts.atPoints++;
            arsenal.diedAt(point);
            killedNanos = ledger.diedNanos(jvm);
        }
        process.close();
    }

    void close() {
        process.close();
    }

    String describe(Ledger ledger) {
        StringBuilder text = new StringBuilder(process.toString());
        for (Siege.End end : ends) {
            text.append(", ").append(end.sends() ? "sender " : "receiver ").append(end.number());
            text.append(" in state ").append(ledger.state(end.number()));
            text.append(", accepted ").append(ledger.accepted(end.number()));
        }
        return text.toString();
    }
}
