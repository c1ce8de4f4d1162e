package io.sluice.pipe.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import io.sluice.linux.Platform;
import io.sluice.user.OneMessageProgram;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A creation leaves a complete pipe, private to its owner and fully allocated, or nothing. */
@Timeout(60)
class PipeCreationTest {
    private static final int CAPACITY = 1 << 16;

    @TempDir Path directory;

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), () -> List.of(command) + " goes on");
        assertEquals(0, process.exitValue(), output);
        return output.strip();
    }

    private static long left(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.count();
        }
    }

    @Test
    void whateverTheUmaskAPipeIsItsOwnersAlone() throws Exception {
        Path path = directory.resolve("pipe");
        run(
                "sh",
                "-c",
                "umask 0; exec \"$@\"",
                "sh",
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                OneMessageProgram.class.getName(),
                path.toString());
        assertEquals("700", run("stat", "-c", "%a", path.toString()));
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.toList()) {
                assertEquals("600", run("stat", "-c", "%a", file.toString()), file::toString);
            }
        }
        Pipe.open(path);
    }

    @Test
    void allSpaceIsAllocatedAtOnce() throws Exception {
        Path path =
                Pipe.create(directory.resolve("pipe"), PipeSpec.bounded(CAPACITY).senders(1))
                        .path();
        long page = Files.size(path.resolve(PipeFiles.META));
        for (String file : List.of(PipeFiles.META, PipeFiles.LANE)) {
            long size = Files.size(path.resolve(file));
            assertEquals(file.equals(PipeFiles.META) ? page : page + CAPACITY, size, file);
            String[] blocks = run("stat", "-c", "%b %B", path.resolve(file).toString()).split(" ");
            long allocated = Long.parseLong(blocks[0]) * Long.parseLong(blocks[1]);
            assertTrue(allocated >= size, () -> file + ": " + allocated + " of " + size);
        }
        assertEquals(0, Files.size(path.resolve(PipeFiles.LOCKS)));
    }

    @Test
    void aCreationThatFailsLeavesNothing() throws Exception {
        Path taken = Files.createFile(directory.resolve("taken"));
        assertThrows(IOException.class, () -> Pipe.create(taken, PipeSpec.bounded().senders(1)));
        assertEquals(1, left(directory));
        Path inside = directory.resolve("none/pipe");
        assertThrows(IOException.class, () -> Pipe.create(inside, PipeSpec.bounded().senders(1)));
        assertEquals(1, left(directory));
    }

    /** The name is claimed in the last step; creators that lose the race leave nothing behind. */
    @Test
    void ofManyCreatorsOfOneNameOneSucceeds() throws Exception {
        Path path = directory.resolve("pipe");
        int[] made = new int[4];
        Thread[] threads = new Thread[made.length];
        for (int i = 0; i < made.length; i++) {
            int index = i;
            threads[i] =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            Pipe.create(path, PipeSpec.bounded().senders(1));
                                            made[index] = 1;
                                        } catch (IOException e) {
                                            made[index] = 0;
                                        }
                                    });
        }
        int sum = 0;
        for (int i = 0; i < made.length; i++) {
            threads[i].join();
            sum += made[i];
        }
        assertEquals(1, sum);
        assertEquals(1, left(directory));
        Pipe.open(path);
    }

    @Test
    void aFullDiskRefusesAPipeButNeverBreaksOne() throws Exception {
        assumeTrue(Platform.userId() == 0, "only root can mount a small file system");
        Path disk = Files.createDirectory(directory.resolve("disk"));
        Process mount =
                new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=512k", "none", "" + disk)
                        .redirectErrorStream(true)
                        .start();
        String said = new String(mount.getInputStream().readAllBytes());
        assumeTrue(mount.waitFor() == 0, () -> "this root may not mount: " + said);
        try {
            IOException e =
                    assertThrows(
                            IOException.class,
                            () ->
                                    Pipe.create(
                                            disk.resolve("large"),
                                            PipeSpec.bounded(1 << 20).senders(1)));
            assertTrue(e.getMessage().contains("no space for "), e.getMessage());
            assertTrue(e.getMessage().contains("smaller capacity"), e.getMessage());
            assertEquals(0, left(disk));
            Pipe pipe = Pipe.create(disk.resolve("small"), PipeSpec.bounded(CAPACITY).senders(1));
            assertThrows(IOException.class, () -> fill(disk.resolve("rest")));
            assertThrows(
                    IOException.class,
                    () -> Pipe.create(disk.resolve("other"), PipeSpec.bounded(4096).senders(1)));
            assertEquals(2, left(disk));
            useEveryByte(pipe);
        } finally {
            run("umount", "-l", disk.toString()); // Lazily: a failed test may still use it.
        }
    }

    private static void fill(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            while (true) {
                out.write(new byte[4096]);
            }
        }
    }

    private static void useEveryByte(Pipe pipe) throws IOException {
        byte[] message = new byte[1000];
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            for (int sent = 0; sent < 3 * CAPACITY; sent += message.length) {
                assertTrue(sender.trySend(message));
                assertEquals(1, receiver.poll((memory, offset, length) -> {}, 1));
            }
        }
    }
}
