package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ends in C, by {@code sluice.h}, and ends in Java share pipes: messages, sleeping and waking, the
 * end of the stream and the break, deaths, and the words of a refusal.
 *
 * <p>Skipped without {@code gcc}.
 */
@Timeout(600)
class CPeerTest {
    private static final int SIZE = 24;
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    @TempDir static Path programs;
    private static Path peer;
    private static Path calls;
    private static int pipes;

    @BeforeAll
    static void compile() throws Exception {
        CCompiler.need("gcc");
        peer = CCompiler.compile(CCompiler.test("peer.c"), programs, "-O" + Proof.size(1, 2));
        calls = CCompiler.compile(CCompiler.test("calls.c"), programs);
    }

    private Path path() {
        return programs.resolve("pipe" + pipes++);
    }

    /** The kinds of pipe that C sends to. */
    static Stream<Arguments> kinds() {
        return Stream.of(
                Arguments.of("one sender", PipeSpec.bounded(1 << 16).senders(1)),
                Arguments.of("many senders", PipeSpec.bounded(1 << 16).senders(3)),
                Arguments.of("small", PipeSpec.bounded(4096).senders(1)),
                Arguments.of("arrival order", PipeSpec.bounded(8192).order(Order.ARRIVAL)),
                Arguments.of("many receivers", PipeSpec.bounded(8192).receivers(3)),
                Arguments.of(
                        "one sender, many receivers",
                        PipeSpec.bounded(8192).senders(1).receivers(2)),
                Arguments.of("growing", PipeSpec.unbounded(1 << 16, 4096)),
                Arguments.of(
                        "growing, many receivers", PipeSpec.unbounded(1 << 17, 4096).receivers(2)),
                Arguments.of("rendezvous", PipeSpec.rendezvous().senders(1)),
                Arguments.of("rendezvous of many", PipeSpec.rendezvous().receivers(2)));
    }

    private static int count(String kind) {
        boolean slow = kind.startsWith("rendezvous");
        return slow ? Proof.size(200, 200_000) : Proof.size(2_000, 800_000);
    }

    private static void sendNumbered(Pipe pipe, int count) throws Exception {
        MemorySegment message = MemorySegment.ofArray(new byte[SIZE]);
        try (PipeSender sender = pipe.sender()) {
            for (int i = 0; i < count; i++) {
                message.set(LONG, 0, i);
                assertTrue(sender.send(message, 0, SIZE, DEADLINE), sender::toString);
            }
        }
    }

    /** Receives until the end of the stream; returns the number of messages. */
    private static int receiveNumbered(PipeReceiver receiver) throws Exception {
        long[] next = new long[1];
        MessageHandler handler =
                (memory, offset, length) -> {
                    long number = memory.get(LONG, offset);
                    assertEquals(next[0], number);
                    next[0] = number + 1;
                };
        int received = 0;
        for (int n; (n = receiver.receive(handler, 100, DEADLINE)) != -1; received += n) {
            assertTrue(n > 0, receiver::toString);
        }
        return received;
    }

    static Stream<Arguments> kindsWithABuffer() {
        return kinds().filter(kind -> !kind.get()[0].toString().startsWith("rendezvous"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kindsWithABuffer")
    void eachCallDoesWhatThePageSays(String kind, PipeSpec spec) throws Exception {
        Pipe pipe = Pipe.create(path(), spec);
        assertEquals("done", CProgram.run(calls, pipe.path()), kind);
        Pipe.delete(pipe.path());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void whatCSendsArrivesInJava(String kind, PipeSpec spec) throws Exception {
        int count = count(kind);
        Pipe pipe = Pipe.create(path(), spec);
        try (PipeReceiver receiver = pipe.receiver();
                CProgram c = CProgram.start(peer, "send", pipe.path(), count, SIZE)) {
            int received = receiveNumbered(receiver);
            assertEquals("sent " + count, c.finish());
            assertEquals(count, received);
        }
        Proof.MESSAGES_C.add(count, "");
        Pipe.delete(pipe.path());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void whatJavaSendsArrivesInC(String kind, PipeSpec spec) throws Exception {
        int count = count(kind);
        Pipe pipe = Pipe.create(path(), spec);
        try (CProgram c = CProgram.start(peer, "receive", pipe.path())) {
            c.expectLine("open");
            sendNumbered(pipe, count);
            assertEquals("received " + count + ", marked 0, out of order 0, lost 0", c.finish());
        }
        Proof.MESSAGES_C.add(count, "");
        Pipe.delete(pipe.path());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void cSendsToC(String kind, PipeSpec spec) throws Exception {
        int count = count(kind);
        Pipe pipe = Pipe.create(path(), spec);
        try (CProgram receiver = CProgram.start(peer, "receive", pipe.path())) {
            receiver.expectLine("open");
            assertEquals("sent " + count, CProgram.run(peer, "send", pipe.path(), count, SIZE));
            assertEquals(
                    "received " + count + ", marked 0, out of order 0, lost 0", receiver.finish());
        }
        Pipe.delete(pipe.path());
    }

    /** A gated receiver in C gets all, and a lossy one counts exactly what it does not get. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void cReceivesABroadcast(boolean demoting) throws Exception {
        int count = Proof.size(5_000, 1_000_000);
        Pipe pipe = Pipe.create(path(), PipeSpec.broadcast(1 << 14).demoting(demoting));
        try (CProgram gated = CProgram.start(peer, "receive", pipe.path());
                CProgram lossy = CProgram.start(peer, "lossy", pipe.path())) {
            gated.expectLine("open");
            lossy.expectLine("open");
            sendNumbered(pipe, count);
            for (CProgram c : List.of(gated, lossy)) {
                String line = c.finish();
                String[] words = line.split("[ ,]+");
                long received = Long.parseLong(words[1]);
                long lost = Long.parseLong(words[words.length - 1]);
                assertEquals(count, received + lost, line);
                assertTrue(line.contains("marked 0, out of order 0"), line);
                assertTrue(c == lossy || demoting || lost == 0, line);
            }
        }
        Proof.MESSAGES_C.add(count, "");
        Pipe.delete(pipe.path());
    }

    private static void assertArrived(byte[] message, CProgram c, Pipe there, Pipe back)
            throws Exception {
        if (message == null) {
            String states = there.statistics() + "\n" + back.statistics();
            throw new AssertionError("no message; C said " + c.readLine() + "\n" + states);
        }
    }

    /** C asks, and Java answers. Each end sleeps, and is woken. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void cSleepsUntilJavaReplies(String kind, PipeSpec spec) throws Exception {
        int count = Proof.size(100, 5_000);
        Pipe there = Pipe.create(path(), spec);
        Pipe back = Pipe.create(path(), spec);
        try (PipeReceiver requests = there.receiver();
                CProgram c = CProgram.start(peer, "ask", there.path(), back.path(), count);
                PipeSender replies = back.sender()) {
            c.expectLine("open");
            for (int i = 0; i < count; i++) {
                byte[] request = requests.receive(DEADLINE);
                assertArrived(request, c, there, back);
                if (i % 10 == 0) {
                    c.untilAsleep();
                }
                assertTrue(replies.send(request, DEADLINE), replies::toString);
            }
            assertEquals("asked " + count + ", slept yes", c.finish());
        }
        Pipe.delete(there.path());
        Pipe.delete(back.path());
    }

    /** Java asks, and C answers. Each end sleeps, and is woken. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void javaSleepsUntilCReplies(String kind, PipeSpec spec) throws Exception {
        int count = Proof.size(100, 5_000);
        Pipe there = Pipe.create(path(), spec);
        Pipe back = Pipe.create(path(), spec);
        try (PipeReceiver replies = back.receiver();
                CProgram c = CProgram.start(peer, "echo", there.path(), back.path(), count);
                PipeSender requests = there.sender()) {
            c.expectLine("open");
            for (int i = 0; i < count; i++) {
                if (i % 10 == 0) {
                    c.untilAsleep();
                }
                assertTrue(requests.send(new byte[SIZE], DEADLINE), requests::toString);
                assertArrived(replies.receive(DEADLINE), c, there, back);
            }
            assertEquals("echoed " + count + ", slept yes", c.finish());
        }
        Pipe.delete(there.path());
        Pipe.delete(back.path());
    }

    /** What a killed receiver in C had taken comes again, marked; in Java, and in C. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whatAKilledReceiverInCHadTakenComesAgain(int receivers) throws Exception {
        Pipe pipe = Pipe.create(path(), PipeSpec.bounded(8192).senders(1).receivers(receivers));
        try (PipeSender sender = pipe.sender()) {
            for (int i = 0; i < 4; i++) {
                sender.send(new byte[] {(byte) i, 0, 0, 0, 0, 0, 0, 0});
            }
            try (CProgram c = CProgram.start(peer, "take", pipe.path(), 2)) {
                c.expectLine("taken, attempt 0");
                c.kill();
            }
            try (CProgram c = CProgram.start(peer, "take", pipe.path(), 0)) {
                c.expectLine("taken, attempt 1");
                c.kill();
            }
            List<String> received = new ArrayList<>();
            try (PipeReceiver receiver = pipe.receiver()) {
                MessageHandler handler =
                        (memory, offset, length) ->
                                received.add(
                                        memory.get(ValueLayout.JAVA_BYTE, offset)
                                                + "/"
                                                + receiver.deliveryAttempt());
                while (received.size() < 2) {
                    receiver.receive(handler, 1, DEADLINE);
                }
            }
            assertEquals(List.of("2/2", "3/0"), received);
        }
        Pipe.delete(pipe.path());
    }

    @Test
    void aKilledSenderInCEndsTheStream() throws Exception {
        Pipe pipe = Pipe.create(path(), PipeSpec.bounded(8192));
        try (PipeReceiver receiver = pipe.receiver();
                CProgram c = CProgram.start(peer, "claim", pipe.path())) {
            c.expectLine("claimed");
            assertNull(receiver.receive(Duration.ofMillis(1)));
            assertFalse(receiver.isEndOfStream());
            c.kill();
            assertNull(receiver.receive());
            assertTrue(receiver.isEndOfStream());
            assertEquals("sent 3", CProgram.run(peer, "send", pipe.path(), 3, SIZE));
            assertEquals(3, receiveNumbered(receiver));
        }
        Pipe.delete(pipe.path());
    }

    /** No end in Java is there that could note a death for them. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void endsInCNoteEachOthersDeath(int receivers) throws Exception {
        PipeSpec spec = PipeSpec.bounded(8192).receivers(receivers);
        Pipe stream = Pipe.create(path(), spec);
        try (CProgram receiver = CProgram.start(peer, "receive", stream.path());
                CProgram sender = CProgram.start(peer, "claim", stream.path())) {
            receiver.expectLine("open");
            sender.expectLine("claimed");
            sender.kill();
            assertEquals("received 0, marked 0, out of order 0, lost 0", receiver.finish());
        }
        Pipe broken = Pipe.create(path(), spec);
        try (CProgram receiver = CProgram.start(peer, "take", broken.path(), 0);
                CProgram sender = CProgram.start(peer, "send", broken.path(), 1000, SIZE)) {
            receiver.expectLine("taken, attempt 0");
            receiver.kill();
            String result = sender.finish();
            assertTrue(result.startsWith("-3 ") && result.contains("has left or died"), result);
        }
        Pipe.delete(stream.path());
        Pipe.delete(broken.path());
    }

    @Test
    void cSeesTheBreakAndJavaSeesIt() throws Exception {
        Pipe pipe = Pipe.create(path(), PipeSpec.bounded(4096).senders(1));
        pipe.receiver().close();
        PipeSender sender = pipe.sender();
        BrokenChannelException broken =
                assertThrows(BrokenChannelException.class, () -> sender.send(new byte[1]));
        sender.close();
        assertEquals("-3 " + broken.getMessage(), CProgram.run(peer, "try", pipe.path()));
        try (PipeSender again = pipe.sender();
                CProgram c = CProgram.start(peer, "take", pipe.path(), 0)) {
            assertTrue(again.awaitReceiver(DEADLINE));
            again.send(new byte[8]);
            c.expectLine("taken, attempt 0");
            c.kill();
            while (true) { // Once the death was noted.
                try {
                    again.send(new byte[1000], Duration.ofMillis(10));
                } catch (BrokenChannelException e) {
                    break;
                }
            }
        }
        Pipe.delete(pipe.path());
    }

    /** Nothing but reading, writing and exiting is permitted in C while messages flow. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void messagesFlowWithoutSystemCalls(String kind, PipeSpec spec) throws Exception {
        if (!kind.startsWith("rendezvous")) { // Which needs two threads at a time.
            int count = Proof.size(20_000, 1_000_000);
            Pipe pipe = Pipe.create(path(), spec);
            String line = CProgram.run(peer, "strict", pipe.path(), count);
            assertTrue(line.startsWith("received " + count), line);
            Pipe.delete(pipe.path());
        }
    }

    private static PipeSpec ends(int senders, int receivers) {
        return PipeSpec.bounded(8192).senders(senders).receivers(receivers);
    }

    /** Pipes of which a C program has all ends. */
    static Stream<Arguments> ofC() {
        return Stream.of(
                Arguments.of(ends(1, 1), 1),
                Arguments.of(ends(3, 1), 3),
                Arguments.of(ends(3, 3), 3),
                Arguments.of(PipeSpec.unbounded(1 << 16, 4096).senders(1), 1),
                Arguments.of(PipeSpec.unbounded(1 << 16, 4096).senders(3).receivers(3), 3),
                Arguments.of(PipeSpec.rendezvous(4000).senders(2).receivers(2), 2));
    }

    /** No sanitizer finds anything while threads exchange messages. In the proof only. */
    @ParameterizedTest
    @ValueSource(strings = {"address,undefined", "thread"})
    @EnabledIf("io.sluice.Proof#isProofBuild")
    void noSanitizerFindsAnything(String sanitizers) throws Exception {
        List<String> flags = new ArrayList<>(List.of("-std=c11", "-O1", "-g"));
        flags.addAll(List.of("-fsanitize=" + sanitizers, "-fno-sanitize-recover=all"));
        flags.add("-Wno-tsan"); // It does not know fences, which only order sleeping and waking.
        Path program = programs.resolve("threads-" + sanitizers);
        CCompiler.compile("gcc", CCompiler.test("threads.c"), program, flags);
        int count = 50_000;
        for (Arguments each : ofC().toList()) {
            Pipe pipe = Pipe.create(path(), (PipeSpec) each.get()[0]);
            int senders = (int) each.get()[1];
            assertEquals("received " + senders * count, CProgram.run(program, pipe.path(), count));
            Pipe.delete(pipe.path());
        }
    }

    /** Words of the files are overwritten: no access is outside of what is mapped. */
    @Test
    void noWordMakesCAccessOtherMemory() throws Exception {
        int words = Proof.size(800, 1_000_000) / 8;
        List<String> flags = new ArrayList<>(List.of("-std=c11", "-O" + Proof.size(0, 1), "-g"));
        flags.addAll(List.of("-fsanitize=undefined", "-fno-sanitize-recover=all"));
        Path program = programs.resolve("hostile");
        CCompiler.compile("gcc", CCompiler.test("hostile.c"), program, flags);
        List<PipeSpec> specs = new ArrayList<>();
        ofC().forEach(each -> specs.add((PipeSpec) each.get()[0]));
        specs.add(PipeSpec.broadcast(1 << 14));
        specs.add(PipeSpec.broadcast(1 << 14).demoting(true));
        for (PipeSpec spec : specs) {
            long seed = System.nanoTime() & 0xffff_ffffL;
            Path path = path();
            Pipe.create(path, spec).close();
            String line = CProgram.run(program, path, seed, words);
            System.out.println(spec + ", seed " + seed + ": " + line);
            assertTrue(line.startsWith("calls "), line);
            Proof.FLIPS_C.add(words, line);
        }
    }

    private interface Damage {
        void to(Path pipe) throws Exception;
    }

    private static void word(Path file, long offset, long value) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        MemorySegment.ofArray(bytes).set(LONG, offset, value);
        Files.write(file, bytes);
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                damage("no pipe", pipe -> Pipe.delete(pipe)),
                damage("a file", pipe -> Files.createFile(moved(pipe))),
                damage(
                        "a link",
                        pipe -> {
                            Path target = pipe.resolveSibling(pipe.getFileName() + "-moved");
                            Files.move(pipe, target);
                            Files.createSymbolicLink(pipe, target);
                        }),
                damage("no meta", pipe -> Files.delete(pipe.resolve("meta"))),
                damage("no locks", pipe -> Files.delete(pipe.resolve("locks"))),
                damage("short meta", pipe -> Files.write(pipe.resolve("meta"), new byte[8])),
                damage("long locks", pipe -> Files.write(pipe.resolve("locks"), new byte[8])),
                damage("short lane", pipe -> Files.write(pipe.resolve("lane-0"), new byte[8])),
                damage("magic", pipe -> word(pipe.resolve("meta"), 0, 77)),
                damage(
                        "byte order",
                        pipe ->
                                word(
                                        pipe.resolve("meta"),
                                        0,
                                        Long.reverseBytes(0x45504950_43554C53L))),
                damage("version", pipe -> word(pipe.resolve("meta"), 8, 6)),
                damage("checksum", pipe -> word(pipe.resolve("meta"), 80, 0x1234)),
                damage("a bit", pipe -> word(pipe.resolve("meta"), 32, 1 << 15)),
                damage(
                        "mode",
                        pipe ->
                                Files.setPosixFilePermissions(
                                        pipe, PosixFilePermissions.fromString("rwxrwxrwx"))),
                damage(
                        "mode of meta",
                        pipe ->
                                Files.setPosixFilePermissions(
                                        pipe.resolve("meta"),
                                        PosixFilePermissions.fromString("rw-rw----"))));
    }

    private static Path moved(Path pipe) throws Exception {
        Pipe.delete(pipe);
        return pipe;
    }

    private static Arguments damage(String name, Damage damage) {
        return Arguments.of(name, damage);
    }

    /** A refusal is the same words in both languages. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("damages")
    void bothRefuseInTheSameWords(String name, Damage damage) throws Exception {
        Path path = path();
        Pipe.create(path, PipeSpec.bounded(4096).senders(1)).close();
        assertEquals("ok", CProgram.run(peer, "open", path));
        damage.to(path);
        Exception refusal = assertThrows(Exception.class, () -> Pipe.open(path));
        String line = CProgram.run(peer, "open", path);
        assertTrue(line.matches("-[45] .*"), line);
        assertEquals(refusal.getMessage(), line.substring(3));
    }

    @Test
    void anEndTooManyIsRefusedInTheSameWords() throws Exception {
        Pipe pipe = Pipe.create(path(), PipeSpec.bounded(4096).senders(1));
        try (PipeSender first = pipe.sender()) {
            Exception refusal = assertThrows(IllegalStateException.class, pipe::sender);
            assertEquals("-7 " + refusal.getMessage(), CProgram.run(peer, "try", pipe.path()));
        }
        Pipe.delete(pipe.path());
    }

    /** Calls of an end that was never opened, was refused, or is closed, touch no memory. */
    @ParameterizedTest
    @MethodSource("ofC")
    void anEndThatIsNotOpenRefusesEachCall(PipeSpec spec) throws Exception {
        Pipe pipe = Pipe.create(path(), spec.senders(1));
        assertEquals("this end is closed", CProgram.run(peer, "closed", pipe.path()));
        Pipe.delete(pipe.path());
    }

    /** Each compiler accepts the header without a warning, in each language. */
    @ParameterizedTest
    @ValueSource(strings = {"gcc c11", "g++ c++17", "clang c11", "clang++ c++17"})
    void eachCompilerAcceptsTheHeader(String compiler) throws Exception {
        String[] words = compiler.split(" ");
        CCompiler.need(words[0]);
        List<String> flags = new ArrayList<>(List.of("-std=" + words[1], "-fsyntax-only"));
        if (words[1].startsWith("c++")) {
            flags.addAll(List.of("-x", "c++"));
        }
        CCompiler.compile(words[0], CCompiler.test("peer.c"), programs.resolve("unused"), flags);
    }
}
