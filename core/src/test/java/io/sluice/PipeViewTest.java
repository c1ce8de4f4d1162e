package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.linux.Platform;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A view of a pipe reads it, of each kind, and neither changes nor holds anything. */
@Timeout(60)
class PipeViewTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int SENT = Proof.size(5_000, 1_000_000);

    @TempDir Path directory;

    private enum Kind {
        BOUNDED(PipeSpec.bounded(4096).senders(1)),
        MANY_SENDERS(PipeSpec.bounded(4096)),
        ARRIVAL(PipeSpec.bounded(4096).order(Order.ARRIVAL)),
        MANY_RECEIVERS(PipeSpec.bounded(4096).senders(1).receivers(3)),
        UNBOUNDED(PipeSpec.unbounded(1 << 20, 4096).senders(1)),
        UNBOUNDED_MANY_RECEIVERS(PipeSpec.unbounded(1 << 20, 4096).senders(1).receivers(3)),
        RENDEZVOUS(PipeSpec.rendezvous(4000).senders(1)),
        BROADCAST(PipeSpec.broadcast(4096)),
        DEMOTING(PipeSpec.broadcast(4096).demoting(true));

        final PipeSpec spec;

        Kind(PipeSpec spec) {
            this.spec = spec.retainWithoutReceivers(true);
        }

        boolean isBroadcast() {
            return this == BROADCAST || this == DEMOTING;
        }
    }

    private Pipe pipe(Kind kind) throws IOException {
        return Pipe.create(directory.resolve("pipe"), kind.spec);
    }

    /** Messages of different lengths whose bytes are all the same. */
    private static byte[] message(int number) {
        byte[] message = new byte[1 + number % 300];
        Arrays.fill(message, (byte) number);
        return message;
    }

    private static int checked(byte[] message) {
        for (byte each : message) {
            assertEquals(message[0], each, () -> "torn: " + Arrays.toString(message));
        }
        return message[0] & 0xFF;
    }

    private static List<byte[]> peek(PipeView view, int limit) throws IOException {
        List<byte[]> seen = new ArrayList<>();
        int count =
                view.peek(
                        (memory, offset, length) -> {
                            assertTrue(memory.isReadOnly());
                            seen.add(memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
                        },
                        limit);
        assertEquals(count, seen.size());
        return seen;
    }

    private static List<Integer> numbers(List<byte[]> messages) {
        return messages.stream().map(PipeViewTest::checked).toList();
    }

    /** Returns each file of a pipe, with its bytes and the time of its last change. */
    private static Map<String, String> files(Path pipe) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> entries = Files.list(pipe)) {
            for (Path file : entries.toList()) {
                files.put(
                        file.getFileName().toString(),
                        Files.getLastModifiedTime(file)
                                + " "
                                + Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return files;
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, mode = EnumSource.Mode.EXCLUDE, names = "RENDEZVOUS")
    void whatWaitsIsSeenOnceAndStays(Kind kind) throws Exception {
        Pipe pipe = pipe(kind);
        try (PipeView view = PipeView.open(pipe.path());
                PipeReceiver receiver = pipe.receiver();
                PipeSender sender = pipe.sender()) {
            assertEquals(List.of(), peek(view, 10));
            for (int i = 1; i <= 5; i++) {
                sender.send(message(i));
            }
            Map<String, String> before = files(pipe.path());
            assertEquals(List.of(1, 2), numbers(peek(view, 2)));
            assertEquals(List.of(3, 4, 5), numbers(peek(view, 10)));
            assertEquals(List.of(), peek(view, 10));
            view.statistics();
            assertEquals(before, files(pipe.path()));
            for (int i = 1; i <= 5; i++) {
                assertEquals(i, checked(receiver.receive(DEADLINE)));
            }
            sender.send(message(6));
            assertEquals(List.of(6), numbers(peek(view, 10)));
            assertEquals(0, view.missedBytes());
            try (PipeView later = PipeView.open(pipe.path())) {
                assertEquals(kind.isBroadcast() ? 6 : 1, peek(later, 10).size());
            }
        }
    }

    @Test
    void anOfferIsSeenAndStillReceived() throws Exception {
        Pipe pipe = pipe(Kind.RENDEZVOUS);
        TestThreads threads = new TestThreads(pipe);
        try (PipeView view = PipeView.open(pipe.path());
                PipeReceiver receiver = pipe.receiver();
                PipeSender sender = pipe.sender()) {
            threads.start(() -> sender.send(message(7)));
            List<byte[]> seen = new ArrayList<>();
            threads.spinUntil(() -> addPeeked(view, seen));
            assertEquals(List.of(7), numbers(seen));
            assertEquals(List.of(), peek(view, 5));
            assertEquals(7, checked(receiver.receive(DEADLINE)));
            threads.join();
        }
    }

    private static boolean addPeeked(PipeView view, List<byte[]> seen) {
        try {
            return seen.addAll(peek(view, 5));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is handed out is whole, whatever the ends do meanwhile. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void nothingIsTorn(Kind kind) throws Exception {
        Pipe pipe = pipe(kind);
        TestThreads threads = new TestThreads(pipe);
        AtomicBoolean done = new AtomicBoolean();
        AtomicBoolean any = new AtomicBoolean();
        AtomicLong sent = new AtomicLong();
        long seen = 0;
        try (PipeReceiver receiver = pipe.receiver();
                PipeSender sender = pipe.sender();
                PipeView view = PipeView.open(pipe.path())) {
            threads.start(
                    () -> {
                        int i = 0;
                        while (i < SENT || !any.get()) { // A view may find the pipe empty.
                            sender.send(message(i++));
                        }
                        sent.set(i);
                        sender.close();
                    });
            threads.start(
                    () -> {
                        while (receiver.receive((m, o, l) -> {}, 16, DEADLINE) > 0) {}
                        done.set(true);
                    });
            while (!done.get()) {
                seen += numbers(peek(view, 100)).size();
                any.set(seen > 0);
            }
            threads.join();
            seen += peek(view, 100).size();
            assertTrue(seen > 0, "nothing was seen");
            if (!kind.isBroadcast() && kind != Kind.RENDEZVOUS) {
                assertEquals(seen < sent.get(), view.missedBytes() > 0);
            }
        }
    }

    /** The kernel refuses each write: the file system is read-only, and root is no exception. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void aReadOnlyFileSystemIsEnough(Kind kind) throws Exception {
        try (SmallFileSystem disk = SmallFileSystem.mount(directory.resolve("disk"), 8 << 20)) {
            Path path = disk.path().resolve("pipe");
            Pipe.create(path, kind.spec);
            try (PipeReceiver receiver = Pipe.open(path).receiver();
                    PipeSender sender = Pipe.open(path).sender()) {
                if (kind != Kind.RENDEZVOUS) {
                    sender.send(message(9));
                }
            }
            try (SmallFileSystem.ReadOnly readOnly = disk.readOnly();
                    PipeView view = PipeView.open(path)) {
                assertThrows(IOException.class, () -> Pipe.open(path), readOnly::toString);
                assertEquals(kind != Kind.RENDEZVOUS, !peek(view, 5).isEmpty());
                assertEquals(2, view.statistics().participants().size());
                assertEquals(List.of(), mapped(path, "(?!r--s).*"));
                assertFalse(mapped(path, "r--s.*").isEmpty());
            }
        }
    }

    /** Returns the permissions of the mappings of a pipe's files that match. */
    private static List<String> mapped(Path pipe, String permissions) throws IOException {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.contains(pipe.toString() + "/"))
                    .map(line -> line.split(" ")[1])
                    .filter(each -> each.matches(permissions))
                    .toList();
        }
    }

    @Test
    void aViewOfAnAnonymousPipe() throws Exception {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded().senders(1));
                PipeReceiver receiver = pipe.receiver();
                PipeSender sender = pipe.sender();
                PipeView view = PipeView.open(pipe.path())) {
            sender.send(message(3));
            assertEquals(List.of(3), numbers(peek(view, 5)));
            try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
                assertTrue(maps.anyMatch(line -> line.matches(".* r--s .*/memfd:sluice.*")));
            }
            assertEquals(3, checked(receiver.receive(DEADLINE)));
        }
    }

    @Test
    void itNamesWhatAReceiverHasTaken() throws Exception {
        Pipe pipe = pipe(Kind.MANY_RECEIVERS);
        try (PipeView view = PipeView.open(pipe.path());
                PipeReceiver receiver = pipe.receiver();
                PipeSender sender = pipe.sender()) {
            sender.send(message(1));
            sender.send(message(2));
            List<Boolean> taken = new ArrayList<>();
            receiver.poll(
                    (memory, offset, length) -> {
                        try {
                            view.peek((m, o, l) -> taken.add(view.isTaken()), 10);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    },
                    1);
            assertEquals(List.of(true, false), taken);
        }
    }

    @Test
    void theLaneIsTheSenders() throws Exception {
        Pipe pipe = pipe(Kind.MANY_SENDERS);
        try (PipeView view = PipeView.open(pipe.path());
                PipeSender first = pipe.sender();
                PipeSender second = pipe.sender()) {
            second.send(message(1));
            first.send(message(2));
            List<Integer> lanes = new ArrayList<>();
            view.peek((m, o, l) -> lanes.add(view.lane()), 10);
            assertEquals(List.of(0, 1), lanes);
        }
    }

    @Test
    void theProperties() throws Exception {
        Path path = directory.resolve("pipe");
        Pipe.create(path, PipeSpec.unbounded(1 << 20, 4096).senders(3).order(Order.ARRIVAL));
        try (PipeView view = PipeView.open(path)) {
            assertEquals("4096", view.properties().get("capacity"));
            assertEquals("3", view.properties().get("senders"));
            assertEquals("ARRIVAL", view.properties().get("order"));
            assertEquals("false", view.properties().get("broadcast"));
            assertEquals(path, view.path());
            assertEquals(Pipe.open(path).maxMessageLength(), view.maxMessageLength());
        }
    }

    @Test
    void whatIsNoPipe() throws Exception {
        assertThrows(NoSuchFileException.class, () -> PipeView.open(directory.resolve("none")));
        assertThrows(InvalidPipeException.class, () -> PipeView.open(directory));
        Path file = Files.writeString(directory.resolve("file"), "x");
        assertThrows(InvalidPipeException.class, () -> PipeView.open(file));
        Pipe pipe = pipe(Kind.BOUNDED);
        PipeView view = PipeView.open(pipe.path());
        assertThrows(IllegalArgumentException.class, () -> view.peek((m, o, l) -> {}, -1));
        assertThrows(NullPointerException.class, () -> view.peek(null, 1));
        view.close();
        view.close();
        assertThrows(IllegalStateException.class, view::statistics);
        assertThrows(IllegalStateException.class, () -> view.peek((m, o, l) -> {}, 1));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aCorruptLaneIsReported(Kind kind) throws Exception {
        Pipe pipe = pipe(kind);
        try (PipeReceiver receiver = pipe.receiver();
                PipeSender sender = pipe.sender();
                PipeView view = PipeView.open(pipe.path())) {
            assertEquals(List.of(), peek(view, 5));
            try (RandomAccessFile lane =
                    new RandomAccessFile(pipe.path().resolve("lane-0").toFile(), "rw")) {
                // Behind the control words and the identities of all lanes and rings.
                long page = 4096;
                byte[] garbage = new byte[(int) (lane.length() - page)];
                Arrays.fill(garbage, (byte) 0x5A);
                lane.seek(page);
                lane.write(garbage);
            }
            assertThrows(ChannelCorruptedException.class, () -> peek(view, 5), receiver::toString);
        }
    }

    @Test
    void aFileThatIsCutOffIsReported() throws Exception {
        Pipe pipe = pipe(Kind.BOUNDED);
        try (PipeSender sender = pipe.sender();
                PipeView view = PipeView.open(pipe.path())) {
            sender.send(message(1));
            assertEquals(1, peek(view, 5).size());
            try (RandomAccessFile lane =
                    new RandomAccessFile(pipe.path().resolve("lane-0").toFile(), "rw")) {
                lane.setLength(4096);
            }
            assertThrows(ChannelCorruptedException.class, () -> peek(view, 5));
            assertThrows(InvalidPipeException.class, () -> PipeView.open(pipe.path()));
        }
    }

    @Test
    void theNodesOfADirectory() throws Exception {
        Path nodes = directory.resolve("nodes");
        assertThrows(NoSuchFileException.class, () -> Node.list(nodes));
        assertThrows(InvalidPipeException.class, () -> Node.list(directory));
        Node left = Node.join(nodes, "left");
        try (Node here = Node.join(nodes, "here")) {
            left.close();
            Map<String, String> before = namesOf(nodes);
            List<NodeInfo> found = Node.list(nodes);
            assertEquals(before, namesOf(nodes));
            assertEquals(List.of("left", "here"), found.stream().map(NodeInfo::name).toList());
            assertEquals(List.of(false, true), found.stream().map(NodeInfo::present).toList());
            assertEquals(Platform.processId(), found.get(1).pid());
            assertTrue(found.get(1).since().isAfter(Instant.now().minusSeconds(60)));
            try (PipeView inbox = PipeView.open(found.get(1).inbox())) {
                assertEquals(1, inbox.statistics().participants().size(), here::toString);
            }
        }
    }

    private static Map<String, String> namesOf(Path nodes) throws IOException {
        return Map.of("nodes", Arrays.toString(Files.readAllBytes(nodes.resolve("nodes"))));
    }
}
