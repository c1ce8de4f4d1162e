package io.sluice.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Open files and their locks, which belong to one open file only. */
class DescriptorTest {
    @TempDir Path directory;
    private Path path;
    private Descriptor one;
    private Descriptor other;

    @BeforeEach
    void open() throws IOException {
        path = directory.resolve("file");
        one = Descriptor.create(path);
        other = Descriptor.open(path);
    }

    @AfterEach
    void close() {
        one.close();
        other.close();
    }

    @Test
    void oneDescriptorTakesALockAndAnotherOfTheSameProcessDoesNotGetIt() throws IOException {
        assertTrue(one.tryLock(3));
        assertFalse(other.tryLock(3));
        assertTrue(one.tryLock(3), "again is no error");
        assertTrue(other.tryLock(2), "each byte has its own");
        assertTrue(other.tryLock(4));
    }

    @Test
    void anothersLockIsSeenAndOnesOwnIsNot() throws IOException {
        assertFalse(other.isLockedByAnother(0));
        assertTrue(one.tryLock(0));
        assertTrue(other.isLockedByAnother(0));
        assertFalse(one.isLockedByAnother(0));
        assertFalse(other.isLockedByAnother(1));
    }

    @Test
    void unlockingFreesOneLock() throws IOException {
        assertTrue(one.tryLock(0));
        assertTrue(one.tryLock(1));
        one.unlock(0);
        assertFalse(other.isLockedByAnother(0));
        assertTrue(other.tryLock(0));
        assertTrue(other.isLockedByAnother(1));
    }

    @Test
    void closingFreesAllLocksOfTheDescriptorAndNoOthers() throws IOException {
        assertTrue(one.tryLock(0));
        assertTrue(other.tryLock(1));
        one.close();
        one.close();
        try (Descriptor third = Descriptor.open(path)) {
            assertTrue(third.tryLock(0));
            assertFalse(third.tryLock(1), "with locks of the process it would be free now");
        }
    }

    /** The duplicate is like that of a process that is being started. */
    @Test
    void closingFreesALockThoughAnotherNumberLeadsToTheSameOpenFile() throws Throwable {
        assertTrue(one.tryLock(0));
        MethodHandle dup = Libc.link("dup", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        MethodHandle close = Libc.link("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        int duplicate = (int) dup.invokeExact(Libc.errnoState(), one.fd());
        try {
            one.close();
            assertTrue(other.tryLock(0));
        } finally {
            int ignored = (int) close.invokeExact(Libc.errnoState(), duplicate);
        }
    }

    @Test
    void openingFollowsNoLinkAndCreatingTakesNoNameThatExists() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), path);
        SystemCallException e =
                assertThrows(SystemCallException.class, () -> Descriptor.open(link));
        assertEquals(SystemCallException.ELOOP, e.errno());
        assertTrue(e.getMessage().contains("ELOOP"), e.getMessage());
        assertTrue(e.getMessage().contains(link.toString()), e.getMessage());
        assertTrue(e.getMessage().startsWith("open failed for "), e.getMessage());
        e = assertThrows(SystemCallException.class, () -> Descriptor.create(path));
        assertEquals(SystemCallException.EEXIST, e.errno());
        Path none = directory.resolve("none");
        e = assertThrows(SystemCallException.class, () -> Descriptor.open(none));
        assertEquals(SystemCallException.ENOENT, e.errno());
    }

    /** 41 and 58 are not assigned. */
    @Test
    void eachErrorNumberHasItsName() {
        for (int errno = 1; errno <= 133; errno++) {
            if (errno != 41 && errno != 58) {
                String text = Errno.describe(errno);
                assertTrue(text.matches("E[A-Z0-9]+, \\S.+"), text);
            }
        }
        assertTrue(Errno.describe(27).startsWith("EFBIG, "));
        assertTrue(Errno.describe(133).startsWith("EHWPOISON, "));
        assertEquals("errno 134", Errno.describe(134));
    }

    @Test
    void allocatingGivesTheFileItsSizeInZeros() throws IOException {
        one.allocate(0, 5000);
        assertEquals(5000, Files.size(path));
        for (byte b : Files.readAllBytes(path)) {
            assertEquals(0, b);
        }
    }
}
