package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.cli.Sluice.CommandResult;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages into a pipe and out of it, in each form. */
@Timeout(60)
class CatPutTest {
    @TempDir Path directory;

    private String pipe;

    @BeforeEach
    void place() {
        pipe = directory.resolve("pipe").toString();
    }

    private static void assertStatus(ExitStatus exit, CommandResult result) {
        assertEquals(exit.status(), result.status(), result::toString);
    }

    @ParameterizedTest
    @EnumSource(
            value = Pipes.PipeSample.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = "RENDEZVOUS")
    void linesOfEachKind(Pipes.PipeSample kind) throws Exception {
        Pipes.create(Path.of(pipe), kind);
        assertStatus(ExitStatus.OK, Sluice.input("one\n\nthree", "put", "--lines", pipe));
        CommandResult cat =
                kind == Pipes.PipeSample.BROADCAST
                        ? Sluice.run("cat", "--lines", "--oldest", "--count", "3", pipe)
                        : Sluice.run("cat", "--lines", "--count", "3", pipe);
        assertStatus(ExitStatus.OK, cat);
        assertEquals("one\n\nthree\n", cat.out());
        assertEquals("", cat.err());
    }

    @Test
    void bytesAreTheSameOnTheOtherSide() throws Exception {
        Pipes.create(Path.of(pipe), Pipes.PipeSample.UNBOUNDED);
        byte[] bytes = new byte[200_000];
        new java.util.Random(1).nextBytes(bytes);
        assertStatus(ExitStatus.OK, Sluice.input(bytes, "put", pipe));
        CommandResult cat = Sluice.run("cat", pipe);
        assertStatus(ExitStatus.OK, cat);
        assertArrayEquals(bytes, cat.bytes());
    }

    private static byte[] frame(String message) {
        return ByteBuffer.allocate(4 + message.length())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(message.length())
                .put(message.getBytes())
                .array();
    }

    private static byte[] join(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(1000);
        for (byte[] part : parts) {
            all.put(part);
        }
        return java.util.Arrays.copyOf(all.array(), all.position());
    }

    @Test
    void framesHaveTheirLengthsInFront() throws Exception {
        Pipes.create(Path.of(pipe), Pipes.PipeSample.BOUNDED);
        byte[] frames = join(frame("a"), frame(""), frame("b\nc"));
        assertStatus(ExitStatus.OK, Sluice.input(frames, "put", "--frames", pipe));
        assertEquals(3, Sluice.run("peek", pipe).lines().size());
        assertArrayEquals(frames, Sluice.run("cat", "--frames", pipe).bytes());
    }

    @Test
    void inputThatCannotBeSent() throws Exception {
        Pipes.create(Path.of(pipe), Pipes.PipeSample.BOUNDED);
        byte[] cut = java.util.Arrays.copyOf(frame("abc"), 6);
        CommandResult result = Sluice.input(join(frame("x"), cut), "put", "--frames", pipe);
        assertStatus(ExitStatus.DATA, result);
        assertTrue(result.err().contains("2 bytes of 3"), result::toString);
        result = Sluice.input(new byte[] {1, 0}, "put", "--frames", pipe);
        assertStatus(ExitStatus.DATA, result);
        result = Sluice.input("y".repeat(70_000), "put", "--lines", pipe);
        assertStatus(ExitStatus.DATA, result);
        assertTrue(result.err().contains("up to 65520 bytes"), result::toString);
        assertEquals(List.of("x"), Sluice.run("peek", "--lines", pipe).lines());
    }

    @Test
    void countsAndTimeouts() throws Exception {
        Pipes.create(Path.of(pipe), Pipes.PipeSample.BOUNDED);
        assertStatus(
                ExitStatus.OK, Sluice.input("1\n2\n3\n", "put", "--lines", "--count", "2", pipe));
        assertEquals("1\n", Sluice.run("cat", "--lines", "--count", "1", pipe).out());
        assertEquals("", Sluice.run("cat", "--lines", "--count", "0", pipe).out());
        CommandResult waited = Sluice.run("cat", "--lines", "--follow", "--timeout", "20ms", pipe);
        assertStatus(ExitStatus.TIMEOUT, waited);
        assertEquals("2\n", waited.out());
        assertTrue(waited.err().contains("no message for 20 ms"), waited::toString);
        String lines = "x".repeat(30_000) + "\n";
        CommandResult full =
                Sluice.input(lines.repeat(3), "put", "--lines", "--timeout", "20ms", pipe);
        assertStatus(ExitStatus.TIMEOUT, full);
        assertEquals(2, Sluice.run("peek", pipe).lines().size());
        assertStatus(ExitStatus.USAGE, Sluice.run("cat", "--count", "-1", pipe));
    }

    @Test
    void countsAreExact() throws Exception {
        Pipes.create(Path.of(pipe), Pipes.PipeSample.BOUNDED);
        String lines = "x\n".repeat(600); // More than cat takes at once.
        assertStatus(ExitStatus.OK, Sluice.input(lines, "put", "--lines", "--count", "0", pipe));
        assertEquals("", Sluice.run("peek", pipe).out());
        assertStatus(ExitStatus.OK, Sluice.input(lines, "put", "--lines", "--count", "500", pipe));
        assertEquals(300, Sluice.run("cat", "--lines", "--count", "300", pipe).lines().size());
        assertEquals(200, Sluice.run("cat", "--lines", pipe).lines().size());
    }

    @Test
    void theLongestMessageIsSent() throws Exception {
        Pipes.create(Path.of(pipe), Pipes.PipeSample.BOUNDED);
        int longest = 65_520;
        byte[] line = "y".repeat(longest).getBytes();
        assertStatus(ExitStatus.OK, Sluice.input(line, "put", "--lines", pipe));
        assertArrayEquals(line, Sluice.run("cat", pipe).bytes());
        byte[] frame =
                ByteBuffer.allocate(4 + longest)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(longest)
                        .put(line)
                        .array();
        assertStatus(ExitStatus.OK, Sluice.input(frame, "put", "--frames", pipe));
        assertArrayEquals(frame, Sluice.run("cat", "--frames", pipe).bytes());
    }

    @Test
    void jsonInBothDirections() throws Exception {
        Pipes.create(Path.of(pipe), Pipes.PipeSample.BOUNDED);
        assertEquals("{\"sent\":1}\n", Sluice.input("a\n", "put", "--json", "--lines", pipe).out());
        assertEquals(
                "{\"length\":1,\"text\":\"a\",\"deliveryAttempt\":0}\n",
                Sluice.run("cat", "--json", pipe).out());
        CommandResult none = Sluice.run("cat", "--json", pipe + "x");
        assertEquals(
                "{\"error\":{\"status\":3,\"cause\":\"NOT_FOUND\",\"message\":\"",
                none.err().substring(0, none.err().indexOf(pipe)));
    }

    @Test
    void receiversThatHaveGone() throws Exception {
        assertStatus(ExitStatus.OK, Sluice.run("create", pipe));
        try (Pipe opened = Pipe.open(Path.of(pipe))) {
            opened.receiver().close();
        }
        CommandResult result = Sluice.input("a\n", "put", "--lines", pipe);
        assertStatus(ExitStatus.BROKEN, result);
    }

    /** An output that is full after some bytes. */
    private static final class Full extends OutputStream {
        private final String reason;

        Full(String reason) {
            this.reason = reason;
        }

        @Override
        public void write(int b) throws IOException {
            throw new IOException(reason);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            throw new IOException(reason);
        }
    }

    private CommandResult catTo(OutputStream out) {
        return Sluice.run(
                java.io.InputStream.nullInputStream(),
                out,
                new java.io.ByteArrayOutputStream(),
                Terminal.NONE,
                "cat",
                "--lines",
                pipe);
    }

    @Test
    void anOutputThatFailsEndsTheProcessAtOnce() throws Exception {
        Pipes.create(Path.of(pipe), Pipes.PipeSample.BOUNDED, "a");
        CommandResult result = catTo(new Full("No space left on device"));
        assertStatus(ExitStatus.ERROR, result);
        assertTrue(result.err().contains("No space left"), result::toString);
        Pipes.create(directory.resolve("other"), Pipes.PipeSample.BOUNDED, "a");
        pipe = directory.resolve("other").toString();
        result = catTo(new Full("Broken pipe"));
        assertStatus(ExitStatus.OUTPUT_CLOSED, result);
        assertEquals("", result.err());
    }

    @Test
    void aBroadcastReportsWhatWasMissed() throws Exception {
        Path path = Path.of(pipe);
        Pipes.create(path, Pipes.PipeSample.BROADCAST, "1", "2");
        assertEquals("1\n2\n", Sluice.run("cat", "--lines", "--oldest", "--lossy", pipe).out());
        assertStatus(ExitStatus.USAGE, Sluice.run("cat", "--oldest", create("bounded")));
        try (Pipe opened = Pipe.open(path);
                PipeReceiver receiver = opened.receiver()) {
            assertEquals("", Sluice.run("cat", "--lines", pipe).out(), receiver::toString);
        }
    }

    @Test
    void whatWasOverwrittenIsCounted() throws Exception {
        Pipes.create(Path.of(pipe), Pipes.PipeSample.BROADCAST, "1");
        try (Pipe opened = Pipe.open(Path.of(pipe))) {
            PipeSender sender = opened.sender();
            int sent = 100_000;
            HookedOutput out =
                    new HookedOutput(
                            () -> {
                                for (int i = 0; i < sent; i++) {
                                    sender.send(new byte[] {'x'});
                                }
                                sender.close();
                            });
            CommandResult cat = out.run("cat", "--lines", "--oldest", "--lossy", pipe);
            assertStatus(ExitStatus.OK, cat);
            int missed = sent + 1 - cat.lines().size();
            assertTrue(missed > 0, "none");
            assertTrue(cat.err().startsWith("sluice: missed " + missed + " messages, "), cat.err());
        }
    }

    @Test
    void tailReportsWhatAReceiverTookFirst() throws Exception {
        Pipes.create(Path.of(pipe), Pipes.PipeSample.BOUNDED, "1");
        try (Pipe opened = Pipe.open(Path.of(pipe));
                PipeSender sender = opened.sender();
                PipeReceiver receiver = opened.receiver()) {
            HookedOutput out =
                    new HookedOutput(
                            () -> {
                                sender.send(new byte[100]);
                                assertEquals(2, receiver.poll((m, offset, length) -> {}, 3));
                            });
            CommandResult tail = out.run("tail", "-f", "--timeout", "20ms", "--lines", pipe);
            assertStatus(ExitStatus.TIMEOUT, tail);
            assertTrue(tail.err().contains("missed 112 B"), tail::toString);
        }
    }

    private String create(String name) {
        String path = directory.resolve(name).toString();
        assertStatus(ExitStatus.OK, Sluice.run("create", path));
        return path;
    }
}
