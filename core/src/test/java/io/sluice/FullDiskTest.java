package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.linux.Mapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * With any insufficient number of free pages, creating a pipe or a lane throws an exception with a
 * remedy, leaves no file behind and harms no other pipe; with enough space it succeeds.
 */
@Timeout(120)
@Tag("alone") // A child that another test starts holds our open files until it has closed them.
class FullDiskTest {
    private static final int CAPACITY = 1 << 14;
    private static final int PAGE = Mapping.pageSize();

    @TempDir Path directory;

    private static void saysWhatToDo(IOException e, Path path) {
        String message = e.getMessage();
        assertTrue(message.startsWith("no space for "), message);
        assertTrue(message.matches("no space for \\d+ bytes of .*"), message);
        assertTrue(message.contains(path.getParent().toString()), message);
        assertTrue(message.contains("choose another directory or a smaller capacity"), message);
    }

    private static List<Path> all(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(f -> !f.endsWith("ballast")).sorted().toList();
        }
    }

    private static void use(Pipe pipe) throws IOException {
        byte[] message = new byte[1000];
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            for (int sent = 0; sent < 3 * CAPACITY; sent += message.length) {
                assertTrue(sender.trySend(message));
                assertEquals(1, receiver.poll((memory, offset, length) -> {}, 1));
            }
        }
    }

    private static PipeSpec spec(int senders, int receivers) {
        return PipeSpec.bounded(CAPACITY).senders(senders).receivers(receivers);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,1", "1,2", "3,2", "100,1"})
    void aPipeIsMadeWholeOrNotAtAll(int senders, int receivers) throws Exception {
        try (SmallFileSystem disk = SmallFileSystem.mount(directory.resolve("disk"), 1 << 20)) {
            Pipe before = Pipe.create(disk.path().resolve("before"), spec(1, 1));
            PipeSender kept = before.sender();
            assertTrue(kept.trySend(new byte[] {42}));
            long free = disk.free();
            Path path = disk.path().resolve("pipe");
            Pipe.create(path, spec(senders, receivers));
            long need = free - disk.free();
            assertTrue(need >= PAGE && Pipe.delete(path));
            assertEquals(free, disk.free(), "deleted");
            List<Path> files = all(disk.path());
            for (long pages = 0; pages < need / PAGE; pages++) {
                disk.fillUntilFree(pages * PAGE);
                IOException e =
                        assertThrows(
                                IOException.class,
                                () -> Pipe.create(path, spec(senders, receivers)),
                                pages + " pages of " + need / PAGE);
                saysWhatToDo(e, path);
                assertEquals(files, all(disk.path()));
                assertEquals(pages * PAGE, disk.free(), "given back");
            }
            disk.fillUntilFree(need);
            Pipe pipe = Pipe.create(path, spec(senders, receivers));
            if (senders == 1) {
                use(pipe); // The disk is full; the pipe's space is reserved.
            }
            try (PipeReceiver receiver = before.receiver()) {
                assertArrayEquals(new byte[] {42}, receiver.tryReceive());
            }
            kept.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"3,1", "3,2"})
    void aSenderWhoseLaneDoesNotFitIsNotAttached(int senders, int receivers) throws Exception {
        try (SmallFileSystem disk = SmallFileSystem.mount(directory.resolve("disk"), 1 << 20)) {
            Pipe pipe = Pipe.create(disk.path().resolve("pipe"), spec(senders, receivers));
            PipeSender first = pipe.sender();
            PipeReceiver receiver = pipe.receiver();
            long free = disk.free();
            pipe.sender().close();
            long need = free - disk.free();
            Files.delete(pipe.path().resolve("lane-1")); // As if it had never been opened.
            assertEquals(free, disk.free() - 0L, "its pages are free");
            List<Path> files = all(disk.path());
            for (long pages = 0; pages < need / PAGE; pages++) {
                disk.fillUntilFree(pages * PAGE);
                saysWhatToDo(
                        assertThrows(IOException.class, pipe::sender),
                        pipe.path().resolve("lane-1"));
                assertEquals(files, all(disk.path()));
                assertEquals(pages * PAGE, disk.free(), "given back");
                assertTrue(first.trySend(new byte[] {(byte) pages}));
                assertArrayEquals(new byte[] {(byte) pages}, receiver.tryReceive());
            }
            disk.fillUntilFree(need);
            try (PipeSender second = pipe.sender()) {
                assertTrue(second.trySend(new byte[] {7}));
                assertArrayEquals(new byte[] {7}, receiver.tryReceive());
                assertEquals(0, disk.free());
                IOException e = assertThrows(IOException.class, pipe::sender);
                saysWhatToDo(e, pipe.path().resolve("lane-2"));
            }
            first.close();
            assertNull(receiver.tryReceive());
            assertTrue(receiver.isEndOfStream(), "a sender that did not fit is not waited for");
            receiver.close();
            assertTrue(Pipe.delete(pipe.path()));
        }
    }
}
