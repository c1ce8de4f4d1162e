package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pipes without a name: in memory, opened by a path under /proc, released by their last user. */
@Timeout(120)
class AnonymousPipeTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    /** Sends a thousand numbers over the pipe at a given path, then waits to be killed. */
    static final class SenderChild {
        public static void main(String[] arguments) throws Exception {
            PipeSender sender = Pipe.open(Path.of(arguments[0])).sender();
            for (int i = 0; i < 1000; i++) {
                sender.send(new byte[] {(byte) i, (byte) (i >> 8)});
            }
            System.out.println("sent");
            System.in.read();
        }
    }

    /** Creates a pipe, prints its path, sends, and waits to be killed. */
    static final class AnonymousPipeCreator {
        public static void main(String[] arguments) throws Exception {
            Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(2));
            PipeSender sender = pipe.sender();
            sender.send(new byte[] {1});
            System.out.println(pipe.path());
            System.in.read();
            sender.send(new byte[] {2});
        }
    }

    private static int number(byte[] message) {
        return message[0] & 0xff | (message[1] & 0xff) << 8;
    }

    @Test
    void aChildThatIsGivenThePathSendsAndIsKilledAndTheStreamEnds() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.bounded().senders(1));
        try (PipeReceiver receiver = pipe.receiver();
                ChildJvm child = ChildJvm.start(SenderChild.class, pipe.path())) {
            for (int i = 0; i < 1000; i++) {
                assertEquals(i, number(receiver.receive(DEADLINE)));
            }
            child.expectLine("sent");
            assertFalse(receiver.isEndOfStream());
            child.kill();
            assertEquals(null, receiver.receive(DEADLINE));
            assertTrue(receiver.isEndOfStream());
        }
    }

    @Test
    void thePipeOutlivesItsCreatorWhileAProcessHasItOpen() throws Exception {
        Path path;
        Pipe pipe;
        try (ChildJvm maker = ChildJvm.start(AnonymousPipeCreator.class)) {
            path = Path.of(maker.readLine());
            pipe = Pipe.open(path);
            maker.kill();
        }
        assertThrows(NoSuchFileException.class, () -> Pipe.open(path), "its maker is gone");
        try (PipeReceiver receiver = pipe.receiver()) {
            assertEquals(1, receiver.receive(DEADLINE)[0]);
            assertEquals(null, receiver.receive(DEADLINE), "the maker was the only sender");
            Pipe mine = Pipe.open(pipe.path()); // The same pipe's path in this process.
            try (PipeSender sender = mine.sender();
                    PipeSender second = mine.sender()) {
                sender.send(new byte[] {3});
                second.send(new byte[] {4});
                assertEquals(7, receiver.receive(DEADLINE)[0] + receiver.receive(DEADLINE)[0]);
            }
        }
    }

    @Test
    void nothingIsLeftInAnyFileSystem() throws Exception {
        Path[] places = {Path.of("/dev/shm"), Path.of(System.getProperty("java.io.tmpdir"))};
        long before = count(places);
        Pipe pipe = Pipe.anonymous(PipeSpec.bounded().senders(Ends.MANY).receivers(Ends.MANY));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            sender.send(new byte[100]);
            assertEquals(100, receiver.receive(DEADLINE).length);
            assertEquals(before, count(places));
        }
    }

    /**
     * Counts Sluice's files, without the directories that tests in another JVM create meanwhile.
     */
    private static long count(Path[] places) throws IOException {
        long count = 0;
        for (Path place : places) {
            try (Stream<Path> files = Files.list(place)) {
                count +=
                        files.map(file -> file.getFileName().toString())
                                .filter(name -> name.contains("sluice"))
                                .filter(name -> !name.startsWith("sluice-"))
                                .count();
            }
        }
        return count;
    }

    @Test
    void anotherFileThatAProcessHasOpenIsRefused() throws Exception {
        long pid = ProcessHandle.current().pid();
        InvalidPipeException e =
                assertThrows(
                        InvalidPipeException.class,
                        () -> Pipe.open(Path.of("/proc/" + pid + "/fd/0")));
        assertTrue(e.getMessage().contains("/fd/0"), e.getMessage());
        assertThrows(
                NoSuchFileException.class, () -> Pipe.open(Path.of("/proc/" + pid + "/fd/99999")));
    }

    @Test
    void itHasNoNameToDelete() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.bounded().senders(1));
        assertThrows(InvalidPipeException.class, () -> Pipe.delete(pipe.path()));
        pipe.sender().close();
    }
}
