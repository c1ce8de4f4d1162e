package io.sluice.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files in memory: their seals, their locks, and how other processes open them. */
class MemfdTest {
    private static final long SELF = ProcessHandle.current().pid();
    private static final int SIZE = 8192;

    @TempDir Path directory;
    private Descriptor file;

    @BeforeEach
    void create() throws IOException {
        file = Descriptor.createMemory("test", SIZE);
    }

    @AfterEach
    void close() {
        file.close();
    }

    private Path link(Descriptor opened) {
        return Path.of("/proc/self/fd/" + opened.fd());
    }

    private static int errno(SystemCallCode code) {
        return assertThrows(SystemCallException.class, code::run).errno();
    }

    private interface SystemCallCode {
        void run() throws IOException;
    }

    @Test
    void itHasItsSizeAndBelongsToItsOwnerAlone() throws IOException {
        assertEquals(SIZE, Files.size(link(file)));
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(link(file))));
    }

    @Test
    void onceSealedItsSizeCannotChange() throws IOException {
        file.resize(2 * SIZE);
        assertFalse(file.isSealed());
        file.seal();
        file.seal();
        assertTrue(file.isSealed());
        assertEquals(SystemCallException.EPERM, errno(() -> file.resize(SIZE)));
        assertEquals(SystemCallException.EPERM, errno(() -> file.resize(3 * SIZE)));
        assertEquals(SystemCallException.EPERM, errno(() -> file.allocate(0, 3 * SIZE)));
        file.allocate(SIZE, SIZE);
        assertEquals(2 * SIZE, Files.size(link(file)));
    }

    @Test
    void openingItThroughProcSharesItsBytes() throws IOException {
        file.seal();
        try (Descriptor peer = Descriptor.openProcessFile(SELF, file.fd())) {
            MemorySegment one = Mapping.map(file, 0, SIZE).segment();
            MemorySegment other = Mapping.map(peer, 0, SIZE).segment();
            one.set(ValueLayout.JAVA_LONG, 16, 42);
            assertEquals(42, other.get(ValueLayout.JAVA_LONG, 16));
            assertEquals(SystemCallException.EPERM, errno(() -> peer.resize(0)));
        }
    }

    @Test
    void locksOfTwoDescriptorsExcludeEachOther() throws IOException {
        file.seal();
        try (Descriptor peer = Descriptor.openProcessFile(SELF, file.fd())) {
            assertTrue(file.tryLock(3));
            assertFalse(peer.tryLock(3));
            assertTrue(peer.isLockedByAnother(3));
            assertTrue(peer.tryLock(4));
            assertTrue(file.isLockedByAnother(4));
        }
        assertFalse(file.isLockedByAnother(4), "closing gave it back");
    }

    @Test
    void anUnsealedFileOrNoMemfdIsRefused() throws IOException {
        IOException e =
                assertThrows(IOException.class, () -> Descriptor.openProcessFile(SELF, file.fd()));
        assertTrue(e.getMessage().contains("not sealed"), e.getMessage());
        try (Descriptor plain = Descriptor.create(directory.resolve("plain"))) {
            assertFalse(plain.isSealed());
            e = assertThrows(IOException.class, () -> Descriptor.openProcessFile(SELF, plain.fd()));
            assertTrue(e.getMessage().contains(plain.path().toString()), e.getMessage());
        }
        int closed = file.fd();
        file.close();
        assertThrows(IOException.class, () -> Descriptor.openProcessFile(SELF, closed));
        assertThrows(IOException.class, () -> Descriptor.openProcessFile(SELF, -1));
    }

    @Test
    void aRefusedFileIsClosedAgain() throws IOException {
        long before = openFiles();
        for (int i = 0; i < 10; i++) {
            assertThrows(IOException.class, () -> Descriptor.openProcessFile(SELF, file.fd()));
        }
        assertEquals(before, openFiles());
    }

    /** Counts the memory files of this test; other threads open and close others. */
    private static long openFiles() throws IOException {
        long count = 0;
        try (var links = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path link : links) {
                if (Files.isSymbolicLink(link)
                        && Files.readSymbolicLink(link).toString().startsWith("/memfd:test")) {
                    count++;
                }
            }
        }
        return count;
    }
}
