package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.linux.Descriptor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The next creation of a pipe removes what a killed creation or deletion left behind. */
@Timeout(120)
class AbandonedFilesTest {
    private static final int KILLS = Proof.size("sluice.kills", 4, 12);
    private static final long SEED = Long.getLong("sluice.seed", System.nanoTime());

    @TempDir Path directory;

    private List<Path> hidden() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.getFileName().toString().startsWith(".")).toList();
        }
    }

    private Path hiddenName() {
        CRC32C crc = new CRC32C();
        crc.update("pipe".getBytes(StandardCharsets.US_ASCII));
        String name = String.format(".sluice-%08x-%s.tmp", crc.getValue(), UUID.randomUUID());
        return directory.resolve(name);
    }

    /** Leaves the files of a creation that was killed after some steps. */
    private Path leave(int steps) throws IOException {
        Path left = Files.createDirectory(hiddenName());
        for (String file : List.of("locks", "meta", "lane-0.tmp", "lane-0").subList(0, steps)) {
            Files.createFile(left.resolve(file));
        }
        return left;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void filesOfADeadCreatorAreRemovedByTheNextCreatorOfThatName(int steps) throws Exception {
        leave(steps);
        Pipe.create(directory.resolve("other"), PipeSpec.bounded().senders(1));
        Pipe.create(directory.resolve("pipe.other"), PipeSpec.bounded().senders(1));
        assertEquals(1, hidden().size(), "of another name");
        Pipe.create(directory.resolve("pipe"), PipeSpec.bounded().senders(1)).sender().close();
        assertEquals(List.of(), hidden());
    }

    @Test
    void filesOfALiveCreatorAreNotRemoved() throws Exception {
        Path left = leave(2);
        try (Descriptor locks = Descriptor.open(left.resolve("locks"))) {
            assertTrue(locks.tryLock(1L << 40));
            Pipe.create(directory.resolve("pipe"), PipeSpec.bounded().senders(1));
            assertEquals(List.of(left), hidden());
        }
        assertTrue(Pipe.delete(directory.resolve("pipe")));
        Pipe.create(directory.resolve("pipe"), PipeSpec.bounded().senders(1));
        assertEquals(List.of(), hidden());
    }

    @Test
    void filesOfNoPipeAreNotRemoved() throws Exception {
        Path left = leave(1);
        Files.createFile(left.resolve("diary"));
        Path short1 = Files.createDirectory(directory.resolve(".sluice-mine.tmp"));
        Pipe.create(directory.resolve("pipe"), PipeSpec.bounded().senders(1));
        assertTrue(Files.exists(left.resolve("diary")));
        assertTrue(Files.exists(short1));
    }

    /** Creates and deletes pipes until it is killed. */
    static final class PipeCreator {
        private PipeCreator() {}

        public static void main(String[] arguments) throws IOException {
            Path path = Path.of(arguments[0]);
            PipeSpec spec = PipeSpec.bounded(1 << 20).senders(1);
            Pipe.create(path, spec);
            Pipe.delete(path);
            System.out.println("ready");
            while (true) {
                Pipe.create(path, spec);
                Pipe.delete(path);
            }
        }
    }

    /** Kills a process at a random point of creating or deleting a pipe, then creates one. */
    @Test
    void creatorsKilledAtRandomLeaveOnlyWhatTheNextCreatorRemoves() throws Exception {
        Path path = directory.resolve("pipe");
        Random random = new Random(SEED);
        int left = 0;
        for (int i = 0; i < KILLS; i++) {
            try (ChildJvm child = ChildJvm.start(PipeCreator.class, path)) {
                child.expectLine("ready");
                LockSupport.parkNanos(random.nextInt(20_000_000));
                child.kill();
            }
            left += hidden().size();
            if (Files.exists(path)) { // Then it is complete.
                Pipe.open(path).sender().close();
                assertTrue(Pipe.delete(path), () -> "seed " + SEED);
            }
            Pipe.create(path, PipeSpec.bounded().senders(1)).sender().close();
            assertEquals(List.of(), hidden(), () -> "seed " + SEED);
            assertTrue(Pipe.delete(path));
            assertEquals(List.of(), hidden(), () -> "seed " + SEED);
        }
        Proof.KILLS_CREATORS.add(KILLS, "left behind 0");
        System.out.println(KILLS + " makers killed, " + left + " left something, seed " + SEED);
    }

    /** Concurrent creations of the same pipe do not sweep each other's files. */
    @Test
    void ofConcurrentCreatorsAllButOneGetFileAlreadyExists() throws Exception {
        for (int round = 0; round < 100; round++) {
            Path path = directory.resolve("pipe");
            TestThreads testThreads = new TestThreads(path);
            int[] made = new int[4];
            for (int i = 0; i < made.length; i++) {
                int self = i;
                testThreads.start(
                        () -> {
                            try {
                                Pipe.create(path, PipeSpec.bounded(4096).senders(1));
                                made[self] = 1;
                            } catch (java.nio.file.FileAlreadyExistsException e) {
                                made[self] = 0;
                            }
                        });
            }
            testThreads.join();
            assertEquals(1, made[0] + made[1] + made[2] + made[3]);
            Pipe.open(path).sender().close();
            assertTrue(Pipe.delete(path));
            assertEquals(List.of(), hidden());
        }
    }
}
