package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.linux.Libc;
import io.sluice.pipe.storage.PipeFiles;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The names of pipes, and concurrent use of one name. */
@Timeout(60)
class PipeNamesTest {
    private static final PipeSpec SPEC = PipeSpec.bounded(4096).senders(1);
    private static final int REPLACED = 50;
    private static final MethodHandle UMASK =
            Libc.link("umask", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    @TempDir Path directory;

    private static List<Path> left(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    private static void use(Path path) throws Exception {
        Pipe pipe = Pipe.open(path);
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            sender.send(new byte[3]);
            assertEquals(3, receiver.receive().length);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 213, 214, 255})
    void aNameMayBeAsLongAsTheFileSystemAllows(int length) throws Exception {
        Path path = directory.resolve("n".repeat(length));
        Pipe.create(path, SPEC);
        use(path);
        assertTrue(Pipe.delete(path));
        assertEquals(List.of(), left(directory));
    }

    @Test
    void aNameThatIsTooLongIsRefusedAndLeavesNothing() throws Exception {
        Path path = directory.resolve("n".repeat(256));
        IOException e = assertThrows(IOException.class, () -> Pipe.create(path, SPEC));
        assertTrue(e.getMessage().contains("ENAMETOOLONG"), e.getMessage());
        assertEquals(List.of(), left(directory));
        assertThrows(IOException.class, () -> Pipe.open(path));
    }

    /** Whatever this JVM's encoding of file names is, it cannot decode one of these. */
    @ParameterizedTest
    @ValueSource(strings = {"%FF%FE", "%C3%BC", "a%25b%20c", "%EF%BF%BD"})
    void anyBytesMayBeAName(String name) throws Exception {
        Path parent = Path.of(URI.create("file://" + directory + "/" + name));
        Path path = Path.of(URI.create("file://" + directory + "/" + name + "/p" + name));
        Files.createDirectory(parent);
        Pipe.create(path, SPEC.senders(2));
        assertThrows(java.nio.file.FileAlreadyExistsException.class, () -> Pipe.create(path, SPEC));
        use(path);
        assertEquals(List.of(path), left(parent));
        assertTrue(Pipe.delete(path));
        assertFalse(Pipe.delete(path));
        assertEquals(List.of(), left(parent));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0177", "0277", "0377", "0477", "0777"})
    void whateverTheUmaskTheModesAreAsDocumented(String umask) throws Throwable {
        Path own = directory.resolve("own");
        Path shared = directory.resolve("shared");
        int before = (int) UMASK.invokeExact(Libc.errnoState(), Integer.parseInt(umask, 8));
        try {
            Pipe.create(own, SPEC);
            Pipe.create(shared, SPEC.senders(2).sharedWithGroup(true)).sender().close();
        } finally {
            int ignored = (int) UMASK.invokeExact(Libc.errnoState(), before);
        }
        assertEquals(0700, bits(own));
        assertEquals(02770, bits(shared));
        for (String file : List.of("meta", "locks", "lane-0")) {
            assertEquals(0600, bits(own.resolve(file)), file);
            assertEquals(0660, bits(shared.resolve(file)), file);
        }
        assertTrue(Pipe.delete(own));
        assertTrue(Pipe.delete(shared));
        assertEquals(List.of(), left(directory));
    }

    private static int bits(Path file) throws IOException {
        return (int) Files.getAttribute(file, "unix:mode") & 07777;
    }

    @Test
    void ofTwoConcurrentDeletesOneSucceeds() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        for (int round = 0; round < 60; round++) {
            Path path = directory.resolve("pipe" + round);
            Pipe.create(path, SPEC);
            AtomicInteger deleted = new AtomicInteger();
            TestThreads testThreads = new TestThreads(path);
            for (int i = 0; i < 2; i++) {
                testThreads.start(
                        () -> {
                            both.await();
                            if (Pipe.delete(path)) {
                                deleted.incrementAndGet();
                            }
                        });
            }
            testThreads.join();
            assertEquals(1, deleted.get());
        }
        assertEquals(List.of(), left(directory));
    }

    /** A sender that is opened while its pipe is replaced creates no lane in the other pipe. */
    @Test
    void aLaneIsMadeInItsOwnPipeOrNowhere() throws Exception {
        Path path = directory.resolve("pipe");
        PipeFiles first = PipeFiles.create(path, SPEC.senders(2).parameters().layout());
        assertTrue(Pipe.delete(path));
        assertThrows(InvalidPipeException.class, () -> first.createLane(0));
        Pipe second = Pipe.create(path, SPEC.senders(2));
        assertThrows(InvalidPipeException.class, () -> first.createLane(0));
        try (PipeSender sender = second.sender();
                PipeReceiver receiver = second.receiver()) {
            sender.send(new byte[3]);
            assertEquals(3, receiver.receive().length);
        }
    }

    /** A pipe that is replaced while it is opened exists or does not, but is never damaged. */
    @Test
    void whileAPipeIsReplacedItIsThereOrNot() throws Exception {
        // So deep that the check of the parents leaves time for a replacement.
        Path path = Files.createDirectories(directory.resolve("a/b/c/d/e/f/g/h")).resolve("pipe");
        Pipe.create(path, SPEC.senders(4));
        AtomicInteger replaced = new AtomicInteger();
        TestThreads testThreads = new TestThreads(path);
        testThreads.start(
                () -> {
                    for (int i; (i = replaced.incrementAndGet()) < REPLACED; ) {
                        assertTrue(Pipe.delete(path));
                        Pipe.create(path, i % 2 == 0 ? SPEC.senders(4) : SPEC);
                    }
                });
        for (int i = 0; i < 2; i++) {
            boolean waits = i == 0;
            testThreads.start(
                    () -> {
                        while (replaced.get() < REPLACED) {
                            try {
                                if (waits) {
                                    Pipe.open(path, Duration.ofSeconds(30));
                                } else {
                                    Pipe.open(path);
                                }
                            } catch (NoSuchFileException e) {
                                assertFalse(waits);
                            }
                        }
                    });
        }
        testThreads.join();
        assertTrue(Pipe.delete(path));
        assertEquals(List.of(), left(path.getParent()));
    }
}
