package io.sluice.pipe.storage;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Pipe;
import io.sluice.PipeSpec;
import io.sluice.Proof;
import io.sluice.TestThreads;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import io.sluice.ring.LaneDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A lane is unmapped while a thread writes to it, against the rules: the file never has a word that
 * publishes something without what it publishes.
 */
class UnmappingTest {
    private static final int ROUNDS = Proof.size(5, 200);
    private static final int ENOUGH = 1000;

    @TempDir Path directory;

    /** Memory that is written first, and memory that is written then and publishes it. */
    private record Pair(String name, Memory published, Memory publishing) {}

    static List<PipeSpec> specs() {
        return List.of(
                PipeSpec.bounded(4096).senders(1),
                PipeSpec.bounded(4096).receivers(2),
                PipeSpec.unbounded(1 << 16, 4096),
                PipeSpec.unbounded(1 << 16, 4096).receivers(2));
    }

    private static List<Pair> pairs(RingMemory lane) throws IOException {
        RingMemory ring = lane.isSegmented() ? lane.segments().map(0) : lane;
        List<Pair> pairs = new ArrayList<>();
        pairs.add(new Pair("control", ring.ring(), lane.control()));
        if (ring.slotStates() != null) {
            pairs.add(new Pair("slot states", ring.ring(), ring.slotStates()));
        }
        if (lane.isSegmented()) {
            pairs.add(new Pair("table, control", ring.control(), lane.table()));
            pairs.add(new Pair("table, ring", ring.ring(), lane.table()));
        }
        return pairs;
    }

    private static long word(Memory memory) {
        return memory.getLongAcquire(LaneDescriptor.SENDER_POSITION_OFFSET);
    }

    @ParameterizedTest
    @MethodSource("specs")
    void whatPublishesIsUnmappedBeforeWhatItPublishes(PipeSpec spec) throws Exception {
        int kinds = 1;
        for (int kind = 0; kind < kinds; kind++) {
            for (int round = 0; round < ROUNDS; round++) {
                Path path = directory.resolve("pipe-" + kind + "-" + round);
                Pipe.create(path, spec).close();
                PipeFiles files = PipeFiles.open(path, false);
                files.createLane(0);
                RingMemory lane = files.openLane(0);
                try (RingMemory file = files.openLane(0)) {
                    List<Pair> used = pairs(lane);
                    kinds = used.size();
                    writeAndClose(lane, used.get(kind));
                    Pair left = pairs(file).get(kind);
                    long publishing = word(left.publishing);
                    long published = word(left.published);
                    assertTrue(
                            published >= publishing,
                            () -> left.name + ": " + publishing + " without " + published);
                    assertTrue(publishing >= ENOUGH, () -> left.name + ": " + publishing);
                }
                Pipe.delete(path);
            }
        }
    }

    private static void writeAndClose(RingMemory lane, Pair used) throws InterruptedException {
        AtomicLong written = new AtomicLong();
        TestThreads threads = new TestThreads(written);
        Thread writer =
                threads.start(
                        () -> {
                            long at = LaneDescriptor.SENDER_POSITION_OFFSET;
                            for (long i = 1; !Thread.currentThread().isInterrupted(); i++) {
                                used.published.setLongRelease(at, i);
                                used.publishing.setLongRelease(at, i);
                                written.lazySet(i);
                            }
                        });
        threads.spinUntil(() -> written.get() >= ENOUGH);
        lane.close();
        writer.interrupt();
        threads.join();
    }
}
