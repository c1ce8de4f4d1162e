package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Node;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeView;
import io.sluice.cli.Sluice.CommandResult;
import java.io.BufferedReader;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What only looks shows each kind of pipe, in each state, and changes nothing. */
@Timeout(60)
class LookingTest {
    @TempDir Path directory;

    private Path path;

    @BeforeEach
    void place() {
        path = directory.resolve("pipe");
    }

    /** The commands that look, but for {@code nodes}. */
    private List<String[]> commands() {
        String pipe = path.toString();
        return List.of(
                new String[] {"ls", pipe},
                new String[] {"ls", "--json", pipe},
                new String[] {"stat", pipe},
                new String[] {"stat", "--json", pipe},
                new String[] {"stat", "--prometheus", pipe},
                new String[] {"top", "--count", "2", "--interval", "1ms", pipe},
                new String[] {"top", "--count", "1", "--json", pipe},
                new String[] {"peek", pipe},
                new String[] {"peek", "--json", pipe},
                new String[] {"tail", pipe},
                new String[] {"hz", "--count", "1", "--interval", "1ms", pipe},
                new String[] {"hz", "--count", "1", "--interval", "1ms", "--json", pipe});
    }

    private static void assertOk(CommandResult result) {
        assertEquals(0, result.status(), result::toString);
    }

    @ParameterizedTest
    @EnumSource
    void eachCommandReadsEachKindAndChangesNothing(Pipes.PipeSample kind) throws Exception {
        Pipes.create(path, kind, "one", "two");
        try (Pipe pipe = Pipe.open(path);
                PipeReceiver receiver = pipe.receiver()) {
            Map<String, Integer> before = Pipes.files(path);
            for (String[] command : commands()) {
                CommandResult result = Sluice.run(command);
                assertOk(result);
                assertEquals(before, Pipes.files(path), () -> Arrays.toString(command));
                assertEquals("", result.err(), () -> Arrays.toString(command));
            }
            boolean seen = kind != Pipes.PipeSample.RENDEZVOUS;
            assertEquals(seen, Sluice.run("peek", "--lines", "" + path).out().equals("one\ntwo\n"));
            boolean received = seen && kind != Pipes.PipeSample.BROADCAST;
            assertEquals(received, receiver.tryReceive() != null, "received after the looks");
        }
    }

    @Test
    void deadEndsAreShownAsDead() throws Exception {
        Pipes.create(path, Pipes.PipeSample.MANY_RECEIVERS, "one");
        Process cat = Sluice.start("cat", "--lines", "--follow", path.toString());
        try (BufferedReader out = cat.inputReader()) {
            assertEquals("one", out.readLine());
            cat.destroyForcibly().waitFor();
        }
        Map<String, Integer> before = Pipes.files(path);
        for (String[] command : commands()) {
            assertOk(Sluice.run(command));
        }
        assertEquals(before, Pipes.files(path), "a look has recovered what died");
        assertTrue(Sluice.run("ls", "" + path).out().contains("1 dead"));
        String stat = Sluice.run("stat", "" + path).out();
        assertTrue(stat.matches("(?s).*receiver 0 +dead +" + cat.pid() + ".*"), stat);
        String prometheus = Sluice.run("stat", "--prometheus", "" + path).out();
        assertTrue(
                prometheus.contains(
                        "sluice_pipe_end_dead{pipe=\""
                                + path
                                + "\",side=\"receiver\",slot=\"0\"} 1"),
                prometheus);
        assertEquals(0, Sluice.run("rm", "--if-dead", "" + path).status());
        assertFalse(Files.exists(path));
    }

    @Test
    void aCorruptPipeIsReported() throws Exception {
        Pipes.create(path, Pipes.PipeSample.BOUNDED, "one");
        try (RandomAccessFile meta = new RandomAccessFile(path.resolve("meta").toFile(), "rw")) {
            meta.writeLong(42);
        }
        for (String[] command : commands()) {
            CommandResult result = Sluice.run(command);
            boolean survey = command[0].equals("ls") || command[0].equals("top");
            assertEquals(
                    survey ? ExitStatus.OK.status() : ExitStatus.INVALID.status(),
                    result.status(),
                    result::toString);
            assertTrue((result.out() + result.err()).contains("magic"), result::toString);
        }
    }

    @Test
    void aCorruptLaneIsReportedAfterWhatIsSound() throws Exception {
        Pipes.create(path, Pipes.PipeSample.BOUNDED, "one", "two");
        try (RandomAccessFile lane = new RandomAccessFile(path.resolve("lane-0").toFile(), "rw")) {
            lane.seek(4096 + 16); // The word of the second message.
            lane.writeLong(42);
        }
        CommandResult result = Sluice.run("peek", "--lines", path.toString());
        assertEquals(ExitStatus.INVALID.status(), result.status(), result::toString);
        assertEquals("one\n", result.out());
        assertTrue(result.err().contains("record word"), result::toString);
    }

    @Test
    void aDirectoryThatIsNoPipe() throws Exception {
        for (String[] command : commands()) {
            CommandResult result = Sluice.run(command);
            assertEquals(ExitStatus.NOT_FOUND.status(), result.status(), result::toString);
        }
        Files.createDirectory(path);
        for (String[] command : commands()) {
            CommandResult result = Sluice.run(command);
            boolean survey = command[0].equals("ls") || command[0].equals("top");
            int expected = survey ? ExitStatus.OK.status() : ExitStatus.INVALID.status();
            assertEquals(expected, result.status(), result::toString);
        }
        assertEquals(ExitStatus.INVALID.status(), Sluice.run("nodes", "" + path).status());
        assertEquals(0, Files.list(path).count(), "something was made there");
    }

    @Test
    void directoriesAreSearched() throws Exception {
        Pipes.create(directory.resolve("first"), Pipes.PipeSample.BOUNDED);
        Files.createDirectory(directory.resolve("below"));
        Pipes.create(directory.resolve("below").resolve("second"), Pipes.PipeSample.BROADCAST);
        String flat = Sluice.run("ls", "" + directory).out();
        assertTrue(flat.contains("/first") && !flat.contains("/second"), flat);
        String deep = Sluice.run("ls", "-r", "" + directory).out();
        assertTrue(deep.contains("/first") && deep.contains("/second"), deep);
    }

    @Test
    void tailPrintsTheNewestAndFollows() throws Exception {
        Pipes.create(path, Pipes.PipeSample.BROADCAST, "1", "2", "3");
        assertEquals("2\n3\n", Sluice.run("tail", "-n", "2", "--lines", "" + path).out());
        try (Pipe pipe = Pipe.open(path);
                PipeSender sender = pipe.sender()) {
            Process tail = Sluice.start("tail", "-n", "1", "-f", "--lines", path.toString());
            try (BufferedReader out = tail.inputReader()) {
                assertEquals("3", out.readLine());
                sender.send("4".getBytes());
                assertEquals("4", out.readLine());
            } finally {
                tail.destroyForcibly();
            }
            assertEquals(
                    1, pipe.statistics().participants().stream().filter(e -> e.alive()).count());
        }
        CommandResult timeout = Sluice.run("tail", "-f", "--timeout", "20ms", "--lines", "" + path);
        assertEquals(ExitStatus.TIMEOUT.status(), timeout.status(), timeout::toString);
    }

    @Test
    void peekShowsTextOrBytes() throws Exception {
        Pipes.create(path, Pipes.PipeSample.BOUNDED, "plain", "\0\1", "x".repeat(100));
        List<String> lines = Sluice.run("peek", "" + path).lines();
        assertEquals("   0         5  \"plain\"", lines.get(0));
        assertEquals("   0         2  00 01", lines.get(1));
        assertEquals("   0       100  \"" + "x".repeat(60) + "\" ...", lines.get(2));
        List<String> json = Sluice.run("peek", "--json", "--count", "2", "" + path).lines();
        assertEquals(
                List.of(
                        "{\"length\":5,\"text\":\"plain\",\"lane\":0,\"taken\":false}",
                        "{\"length\":2,\"base64\":\"AAE=\",\"lane\":0,\"taken\":false}"),
                json);
    }

    @Test
    void theRatesAreThoseOfThePipe() throws Exception {
        Pipes.create(path, Pipes.PipeSample.BOUNDED, "12345678");
        try (PipeView view = PipeView.open(path)) {
            assertEquals(16, view.statistics().sentBytes());
        }
        String first = Sluice.run("hz", "--count", "1", "--interval", "1ms", "" + path).out();
        assertEquals(
                "sent 0 B/s (about 0 messages), received 0 B/s, 1 messages wait, 16 B\n", first);
    }

    private static double number(String json, String name) {
        Matcher value = Pattern.compile("\"" + name + "\":([-+.\\dE]+)").matcher(json);
        assertTrue(value.find(), json);
        return Double.parseDouble(value.group(1));
    }

    @Test
    void theRatesAreOfTheInterval() throws Exception {
        Pipes.create(path, Pipes.PipeSample.BOUNDED, "12345678");
        try (Pipe pipe = Pipe.open(path);
                PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            HookedOutput out =
                    new HookedOutput(
                            () -> {
                                for (int i = 0; i < 10; i++) {
                                    sender.send(new byte[8]);
                                }
                                receiver.poll((memory, offset, length) -> {}, 5);
                            });
            long start = System.nanoTime();
            CommandResult hz =
                    out.run("hz", "--json", "--count", "2", "--interval", "10ms", path.toString());
            String second = hz.lines().get(1);
            double seconds = number(second, "seconds");
            assertTrue(seconds >= 0.01 && seconds * 1e9 < System.nanoTime() - start, second);
            assertEquals(160, seconds * number(second, "sentBytesPerSecond"), 1e-3, second);
            assertEquals(80, seconds * number(second, "receivedBytesPerSecond"), 1e-3, second);
            long messages = Math.round(number(second, "sentBytesPerSecond") / 16);
            assertEquals(messages, number(second, "estimatedMessagesPerSecond"), 1, second);
        }
    }

    @Test
    void theBusiestPipeIsOnTop() throws Exception {
        for (String name : List.of("a", "b", "c")) {
            Pipes.create(directory.resolve(name), Pipes.PipeSample.BOUNDED);
        }
        try (Pipe busy = Pipe.open(directory.resolve("b"));
                PipeSender sender = busy.sender()) {
            HookedOutput out = new HookedOutput(() -> sender.send(new byte[8]));
            CommandResult top =
                    out.run("top", "--count", "2", "--interval", "10ms", directory.toString());
            int second = top.lines().lastIndexOf("") - 3;
            assertTrue(top.lines().get(second).contains("/b "), top::toString);
        }
    }

    @Test
    void nodesAreListedWithoutJoining() throws Exception {
        Path nodes = directory.resolve("nodes");
        try (Node here = Node.join(nodes, "here")) {
            Node.join(nodes, "left").close();
            Map<String, Integer> before = Pipes.files(nodes);
            CommandResult result = Sluice.run("nodes", "" + nodes);
            assertOk(result);
            assertTrue(result.lines().get(1).matches("here +present +\\d+ .*"), result::toString);
            assertEquals(2, result.lines().size(), here::toString);
            assertEquals(3, Sluice.run("nodes", "-a", "" + nodes).lines().size());
            String json = Sluice.run("nodes", "--json", "" + nodes).out();
            assertTrue(json.contains("\"name\" : \"here\""), json);
            assertEquals(before, Pipes.files(nodes));
        }
    }
}
