package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills processes with nodes at random times: askers, the owner of a name, and those that wait for
 * it. No accepted message may be lost, or doubled without a mark; no request may be executed twice,
 * or after it was reported as not done; no call may get another's reply, or hang.
 *
 * <p>The property {@code sluice.kills} sets the number of kills.
 */
class NodeKillTest {
    private static final int KILLS = Proof.size("sluice.kills", 6, 300);

    /** Limits for each directory, whose journals are audited in memory. */
    private static final int KILLS_PER_ROUND = 50;

    private static final long BYTES_PER_ROUND = 32 << 20;

    private static final int PROCESSES = 4;

    @TempDir Path temporary;
    private Path home;
    private final List<ChildJvm> children = new ArrayList<>();
    private final long seed = Long.getLong("sluice.seed", new Random().nextInt());
    private final Random random = new Random(seed);
    private int started;

    @BeforeEach
    void makeHome() throws Exception {
        Path memory = Path.of("/dev/shm");
        home =
                Files.isWritable(memory)
                        ? Files.createTempDirectory(memory, "sluice-nodes-")
                        : temporary;
    }

    @AfterEach
    void endAll() throws Exception {
        children.forEach(ChildJvm::close);
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Starts an asker, with a name of its own, or one of two owners of one name. */
    private ChildJvm start(Path round, int index) throws Exception {
        boolean asks = index >= 2;
        return ChildJvm.start(
                NodeCrashProgram.class,
                asks ? "ask" : "serve",
                round.resolve("nodes"),
                asks ? "asker-" + index : "server",
                round.resolve("journal-" + started++),
                random.nextInt());
    }

    @Test
    void noMessageIsLostNoRequestDoneTwiceAndNoReplyGoesAstray() throws Exception {
        int kills = 0;
        long[] sums = new long[5];
        while (kills < KILLS) {
            Path round = Files.createDirectory(home.resolve("round-" + kills));
            int more = Math.min(KILLS_PER_ROUND, KILLS - kills);
            kills += run(round, more);
            long[] counts = audit(round);
            for (int i = 0; i < sums.length; i++) {
                sums[i] += counts[i];
            }
        }
        System.out.printf(
                "%d kills of nodes: %d messages, %d delivered again, %d calls replied, %d not done,"
                        + " %d unknown%n",
                kills, sums[0], sums[1], sums[2], sums[3], sums[4]);
        Proof.KILLS_NODES.add(
                kills,
                "lost 0, unmarked doubles 0, wrong replies 0, replies to the dead 0, done twice 0, hangs 0");
    }

    /** Returns how many it has killed: fewer, if that takes long and many messages are sent. */
    private int run(Path round, int kills) throws Exception {
        children.clear();
        for (int i = 0; i < PROCESSES; i++) {
            children.add(start(round, i));
        }
        int killed = 0;
        for (; killed < kills && (killed == 0 || journalBytes(round) < BYTES_PER_ROUND); killed++) {
            int victim = random.nextInt(PROCESSES);
            ChildJvm child = children.get(victim);
            child.expectLine("ready");
            LockSupport.parkNanos(random.nextInt(60_000_000));
            child.kill();
            children.set(victim, start(round, victim));
        }
        for (int i = PROCESSES - 1; i >= 0; i--) { // The askers first.
            children.get(i).expectLine("ready");
            if (i < 2) {
                for (ChildJvm server : List.of(children.get(0), children.get(1))) {
                    server.say("stop");
                }
                break;
            }
            children.get(i).say("stop");
            children.get(i).expectLine("finished");
            assertEquals(0, children.get(i).waitFor());
        }
        children.get(0).expectLine("ready");
        for (ChildJvm server : List.of(children.get(0), children.get(1))) {
            server.expectLine("joined"); // One after the other: the second one drains, too.
        }
        for (ChildJvm server : List.of(children.get(0), children.get(1))) {
            server.expectLine("finished");
            assertEquals(0, server.waitFor());
        }
        return killed;
    }

    private static List<Path> journals(Path round) throws IOException {
        try (Stream<Path> files = Files.list(round)) {
            return files.filter(f -> f.getFileName().toString().startsWith("j")).toList();
        }
    }

    private static long journalBytes(Path round) throws IOException {
        long bytes = 0;
        for (Path journal : journals(round)) {
            bytes += Files.size(journal);
        }
        return bytes;
    }

    private record Key(long asker, long number) {}

    /** What the journals say of a message or a request. */
    private static final class Trace {
        boolean attempted;
        boolean accepted;
        int received;
        int unmarked;
        int executed;
        long outcome = -1;

        /** Returns what is wrong with it, or null. */
        String fault() {
            boolean isReplied = outcome == CallOutcome.REPLIED.ordinal();
            boolean isNotDone = outcome == CallOutcome.NOT_DONE.ordinal();
            if (accepted && received == 0) {
                return "lost";
            } else if (received > 0 && !attempted) {
                return "never sent";
            } else if (unmarked > 1) {
                return "doubled, unmarked";
            } else if (executed > 1) {
                return "done twice";
            } else if (isReplied && executed == 0) {
                return "replied and not done";
            } else if (isNotDone && executed > 0) {
                return "reported as not done, and done";
            }
            return null;
        }
    }

    /** Returns messages, delivered again, and calls by outcome: replied, not done, unknown. */
    private long[] audit(Path round) throws Exception {
        Map<Key, Trace> traces = new HashMap<>();
        List<String> wrong = new ArrayList<>();
        for (Path journal : journals(round)) {
            ByteBuffer entries =
                    ByteBuffer.wrap(Files.readAllBytes(journal)).order(ByteOrder.nativeOrder());
            while (entries.remaining() >= NodeCrashProgram.ENTRY_LENGTH) {
                long kind = entries.getLong();
                Key key = new Key(entries.getLong(), entries.getLong());
                long attempt = entries.getLong();
                Trace trace = traces.computeIfAbsent(key, k -> new Trace());
                if (kind == NodeCrashProgram.ATTEMPTED) {
                    trace.attempted = true;
                } else if (kind == NodeCrashProgram.ACCEPTED) {
                    trace.accepted = true;
                } else if (kind == NodeCrashProgram.RECEIVED) {
                    trace.received++;
                    trace.unmarked += attempt == 0 ? 1 : 0;
                } else if (kind == NodeCrashProgram.EXECUTED) {
                    trace.executed++;
                } else if (kind == NodeCrashProgram.WRONG_REPLY) {
                    wrong.add("wrong reply to " + key);
                } else {
                    trace.outcome = kind - NodeCrashProgram.OUTCOME;
                }
            }
        }
        traces.forEach(
                (key, trace) -> {
                    String fault = trace.fault();
                    if (fault != null) {
                        wrong.add(fault + " " + key);
                    }
                });
        assertEquals(List.of(), wrong, () -> "seed " + seed + ", " + round);
        assertTrue(
                count(traces, t -> t.accepted) > 0 && count(traces, t -> t.outcome >= 0) > 0,
                () -> "nothing was done: " + round);
        return new long[] {
            count(traces, t -> t.received > 0),
            traces.values().stream().mapToLong(t -> t.received - t.unmarked).sum(),
            count(traces, t -> t.outcome == CallOutcome.REPLIED.ordinal()),
            count(traces, t -> t.outcome == CallOutcome.NOT_DONE.ordinal()),
            count(traces, t -> t.outcome == CallOutcome.UNKNOWN.ordinal())
        };
    }

    private static long count(Map<Key, Trace> traces, Predicate<Trace> which) {
        return traces.values().stream().filter(which).count();
    }
}
