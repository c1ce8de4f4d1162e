package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.Node;
import io.sluice.NodeMessage;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.cli.Sluice.CommandResult;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Each cause has its exit status, which the page and the help name. */
@Timeout(60)
class ExitStatusTest {
    private static final Path PAGE = Path.of("../docs/CLI.md");

    @TempDir Path directory;

    private static void assertStatus(ExitStatus exit, CommandResult result) {
        assertEquals(exit.status(), result.status(), result::toString);
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    @Test
    void thePageAndTheHelpHaveTheTable() throws Exception {
        Map<String, String> page = new LinkedHashMap<>();
        Matcher row =
                Pattern.compile("(?m)^\\| (\\d+) \\| `(\\w+)` \\| (.+) \\|$")
                        .matcher(Files.readString(PAGE));
        Map<String, String> names = new LinkedHashMap<>();
        while (row.find()) {
            names.put(row.group(1), row.group(2));
            page.put(row.group(1), row.group(3));
        }
        assertEquals(ExitStatus.table(), page);
        for (ExitStatus exit : ExitStatus.values()) {
            assertEquals(exit.name(), names.get("" + exit.status()));
        }
        CommandLine line = SluiceCommand.commandLine(Streams.ofProcess());
        List<CommandLine> all = new ArrayList<>(line.getSubcommands().values());
        all.add(line);
        for (CommandLine command : all) {
            assertEquals(
                    ExitStatus.table(), command.getCommandSpec().usageMessage().exitCodeList());
        }
        String help = Sluice.run("--help").out();
        for (ExitStatus exit : ExitStatus.values()) {
            assertTrue(help.contains("  " + exit.status() + " "), help);
        }
    }

    @Test
    void thePageNamesEachSubcommand() throws Exception {
        String page = Files.readString(PAGE);
        for (String name :
                SluiceCommand.commandLine(Streams.ofProcess()).getSubcommands().keySet()) {
            if (!name.equals("help") && !name.equals("warm-up")) {
                assertTrue(page.contains("`" + name), name);
            }
        }
    }

    @Test
    void wrongArguments() {
        CommandResult result = Sluice.run("stta", path("pipe"));
        assertStatus(ExitStatus.USAGE, result);
        assertTrue(result.err().contains("stat"), result::toString);
        result = Sluice.run("cat", "--line", path("pipe"));
        assertStatus(ExitStatus.USAGE, result);
        assertTrue(result.err().contains("--lines"), result::toString);
        assertTrue(result.err().contains("Help: sluice cat --help"), result::toString);
        assertStatus(ExitStatus.USAGE, Sluice.run("hz", "--interval", "soon", path("pipe")));
        assertStatus(ExitStatus.USAGE, Sluice.run("create", "--capacity", "9X", path("pipe")));
        result = Sluice.run("create", "--senders", "0", path("pipe"));
        assertStatus(ExitStatus.USAGE, result);
        assertTrue(result.err().contains("senders=0"), result::toString);
        assertStatus(
                ExitStatus.USAGE,
                Sluice.run("create", "--rendezvous", "--broadcast", path("pipe")));
    }

    @Test
    void theBridgeIsAnotherProgram() throws Exception {
        CommandResult missing = Sluice.run("bridge", "out", "pipe", "--every", "2");
        assertStatus(ExitStatus.USAGE, missing);
        assertTrue(missing.err().contains("sluice-bridge.jar"), missing::toString);
        List<String> arguments = List.of("out", "pipe", "--every", "2");
        String message = BridgeCommand.message(directory, arguments);
        assertTrue(message.startsWith("there is no sluice-bridge.jar beside " + directory));
        assertTrue(message.endsWith("mvn package -DskipTests -pl aeron -am"), message);
        Path jar = Files.createFile(directory.resolve("sluice-bridge.jar"));
        message = BridgeCommand.message(directory, arguments);
        assertTrue(message.endsWith(" -jar " + jar + " out pipe --every 2"), message);
    }

    @Test
    void whatIsMissingTakenOrThere() throws Exception {
        String pipe = path("pipe");
        assertStatus(ExitStatus.NOT_FOUND, Sluice.run("cat", pipe));
        assertStatus(ExitStatus.NOT_FOUND, Sluice.run("cat", "--wait", "10ms", pipe));
        assertStatus(ExitStatus.NOT_FOUND, Sluice.run("put", pipe));
        assertStatus(ExitStatus.NOT_FOUND, Sluice.run("rm", pipe));
        assertStatus(ExitStatus.NOT_FOUND, Sluice.run("nodes", pipe));
        assertStatus(ExitStatus.NOT_FOUND, Sluice.run("create", path("none/pipe")));
        assertStatus(ExitStatus.OK, Sluice.run("create", "--capacity", "8K", pipe));
        assertStatus(ExitStatus.BUSY, Sluice.run("create", "--capacity", "8K", pipe));
        assertStatus(ExitStatus.OK, Sluice.run("create", "--capacity", "8K", "--if-missing", pipe));
        assertStatus(ExitStatus.INVALID, Sluice.run("create", "--if-missing", pipe));
        try (Pipe opened = Pipe.open(Path.of(pipe));
                PipeReceiver receiver = opened.receiver()) {
            assertStatus(ExitStatus.BUSY, Sluice.run("cat", pipe));
            CommandResult alive = Sluice.run("rm", "--if-dead", pipe);
            assertStatus(ExitStatus.BUSY, alive);
            assertTrue(alive.err().contains("1 receivers are alive"), receiver::toString);
        }
        try (Pipe opened = Pipe.open(Path.of(pipe));
                PipeSender sender = opened.sender()) {
            CommandResult alive = Sluice.run("rm", "--if-dead", pipe);
            assertStatus(ExitStatus.BUSY, alive);
            assertTrue(alive.err().contains("1 senders and 0 receivers"), sender::toString);
        }
        assertStatus(ExitStatus.OK, Sluice.run("rm", "--if-dead", pipe));
        assertStatus(ExitStatus.INVALID, Sluice.run("rm", "" + directory));
        assertStatus(ExitStatus.INVALID, Sluice.run("cat", "" + directory));
    }

    @Test
    void callsEndAsTheirOutcome() throws Exception {
        Path nodes = directory.resolve("nodes");
        assertStatus(ExitStatus.NOT_FOUND, Sluice.run("call", "" + nodes, "echo", "hello"));
        try (Node echo = Node.join(nodes, "echo")) {
            assertStatus(ExitStatus.NOT_FOUND, Sluice.run("call", "" + nodes, "other", "hello"));
            CommandResult slow =
                    Sluice.run("call", "--timeout", "20ms", "" + nodes, "echo", "hello");
            assertStatus(ExitStatus.TIMEOUT, slow);
            assertTrue(slow.err().contains("may have been done"), slow::toString);
            assertStatus(
                    ExitStatus.DATA, Sluice.input("x".repeat(1 << 20), "call", "" + nodes, "echo"));
            AtomicBoolean done = new AtomicBoolean();
            Thread server =
                    Thread.ofPlatform()
                            .daemon()
                            .start(
                                    () -> {
                                        while (!done.get()) {
                                            answer(echo);
                                        }
                                    });
            CommandResult reply = Sluice.run("call", "" + nodes, "echo", "hello");
            assertStatus(ExitStatus.OK, reply);
            assertEquals("HELLO", reply.out());
            done.set(true);
            server.join();
        }
    }

    /** Replies to a request, if one comes soon. */
    static void answer(Node node) {
        try {
            node.receive(ExitStatusTest::reply, 1, Duration.ofMillis(20));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void reply(NodeMessage message, MemorySegment memory, long offset, int length) {
        String text = new String(MessageText.bytes(memory, offset, length));
        try {
            message.reply(text.toUpperCase().getBytes());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Root may read everything, so this needs a process of another user, who has the classes. */
    @Test
    void anotherUsersPipe() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can be another user");
        String pipe = path("pipe");
        assertStatus(ExitStatus.OK, Sluice.run("create", pipe));
        List<String> command =
                new ArrayList<>(List.of("setpriv", "--reuid=65534", "--clear-groups"));
        command.addAll(Sluice.command("stat", pipe));
        ProcessBuilder builder = new ProcessBuilder(command);
        Sluice.clean(builder);
        CommandResult result = Sluice.await(builder.start());
        assumeTrue(!result.err().contains("ClassNotFound"), "another user cannot read the classes");
        assertStatus(ExitStatus.DENIED, result);
    }

    @Test
    void aMachineThatIsUnfit() {
        CommandResult result = Sluice.run("doctor", path("none"));
        assertStatus(ExitStatus.UNFIT, result);
        assertTrue(result.lines().get(0).startsWith("fail"), result::toString);
        assertTrue(result.lines().get(1).startsWith("      -> "), result::toString);
        assertStatus(ExitStatus.OK, Sluice.run("doctor", "" + directory));
    }
}
