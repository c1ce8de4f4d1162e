package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.Node;
import io.sluice.Pipe;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import io.sluice.PipeStatistics.Participant;
import io.sluice.Proof;
import io.sluice.cli.Sluice.CommandResult;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Containers that share a volume share its pipes: with PID and IPC namespaces of their own, with
 * the same user of the host under different ids, with different users in a group, with a read-only
 * root, and with a small {@code /dev/shm}. In each, the process is number 1, so only the kernel's
 * locks tell who is alive. Skipped where the kernel refuses namespaces.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Order(1) // It takes the longest.
class ContainersTest {
    private static final int ROUNDS = Proof.size(1, 20);
    private static final int GROUP = 54_000;
    private static final int MEMBER = 54_001;
    private static final int OTHER_MEMBER = 54_002;
    private static final int STRANGER = 54_003;

    /** More than a pipe of the kernel and one of Sluice hold together. */
    private static final int MANY = 4000;

    private static final String FILLER = ".".repeat(60);

    @TempDir Path directory;

    private final List<Process> started = new ArrayList<>();
    private String classPath = System.getProperty("java.class.path");
    private Path volume;
    private Container first;
    private Container second;

    @BeforeEach
    void containers() throws Exception {
        String refusal = Container.refusal(directory);
        assumeTrue(refusal == null, () -> "no containers here: " + refusal);
        volume = Files.createDirectory(directory.resolve("volume"));
        first = Container.of(volume, directory.resolve("first"));
        second = Container.of(volume, directory.resolve("second"));
    }

    @AfterEach
    void endAll() throws Exception {
        for (Process process : started) { // Its container ends with it.
            process.destroyForcibly().onExit().join();
        }
    }

    private Process start(Container container, String... arguments) throws IOException {
        return start(container.builder(Sluice.command(arguments)));
    }

    private Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private CommandResult run(Container container, String... arguments) throws Exception {
        return Sluice.await(start(container, arguments));
    }

    /** Runs commands in a container, and returns what they print. */
    private List<String> session(Container container, String... lines) throws Exception {
        List<String> command = Sluice.session(lines);
        command.set(command.indexOf("-cp") + 1, classPath);
        CommandResult result = Sluice.await(start(container.builder(command)));
        assumeTrue(result.status() != 126, "another user cannot execute this JDK");
        assertEquals(0, result.status(), result::toString);
        return result.lines();
    }

    private static void assertStatus(ExitStatus exit, CommandResult result) {
        assertEquals(exit.status(), result.status(), result::toString);
    }

    private static void send(Process put, String line) throws IOException {
        Writer in = put.outputWriter();
        in.write(line + "\n");
        in.flush();
    }

    /** Returns the process ids of the ends that are alive, each in its own namespace. */
    private static List<Long> alive(Path pipe) throws IOException {
        return PipeReport.of(pipe).statistics().participants().stream()
                .filter(Participant::alive)
                .map(Participant::pid)
                .toList();
    }

    /** The sender's container is killed: the receiver gets all that it had sent, and the end. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1000})
    void aKilledContainerThatSentEndsTheStream(int user) throws Exception {
        Path path = volume.resolve("pipe");
        Pipe pipe = Pipe.create(path, PipeSpec.bounded().retainWithoutReceivers(true));
        Container other = user == 0 ? second : second.mappedTo(user);
        for (int round = 0; round < ROUNDS; round++) {
            PipeSender until = pipe.sender(); // Both begin at once: a stream without one ends.
            Process put = start(other, "put", "--lines", "pipe");
            Process cat = start(first, "cat", "--lines", "pipe");
            send(put, "one");
            BufferedReader received = cat.inputReader();
            assertEquals("one", received.readLine());
            until.close();
            assertEquals(List.of(1L, 1L), alive(path), "process ids");
            send(put, "two"); // It wakes a receiver that sleeps in another container.
            assertEquals("two", received.readLine());
            Container.kill(put);
            assertStatus(ExitStatus.OK, Sluice.await(cat));
        }
    }

    private static List<String> numbers() {
        return IntStream.range(0, MANY).mapToObj(number -> number + FILLER).toList();
    }

    /**
     * The receiver's container is killed: a waiting sender learns of it, and no message is lost.
     */
    @Test
    void aKilledContainerThatReceivedBreaksThePipeAndLosesNothing() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String name = "pipe" + round;
            Pipe pipe = Pipe.create(volume.resolve(name), PipeSpec.bounded());
            PipeSender until = pipe.sender();
            Process put = start(second, "put", "--lines", name);
            Thread.ofPlatform().daemon().start(() -> write(put, numbers()));
            Process cat = start(first, "cat", "--lines", name); // Its output is not read.
            KilledCatTest.awaitUntilBlocked(Container.process(cat));
            until.close();
            Container.kill(cat);
            List<String> written = KilledCatTest.wholeLines(cat.getInputStream().readAllBytes());
            CommandResult broken = Sluice.await(put);
            assertStatus(ExitStatus.BROKEN, broken);
            assertTrue(broken.err().contains("has left or died"), broken::toString);
            CommandResult rest = run(first, "cat", "--lines", name);
            assertStatus(ExitStatus.OK, rest);
            assertTrue(rest.err().contains("may be a repeat"), rest::toString);
            TreeMap<Integer, Integer> times = new TreeMap<>();
            Stream.concat(written.stream(), rest.lines().stream())
                    .map(line -> Integer.valueOf(line.replace(FILLER, "")))
                    .forEach(number -> times.merge(number, 1, Integer::sum));
            assertEquals(times.size() - 1, times.lastKey(), "some are lost");
        }
    }

    private static void write(Process put, List<String> lines) {
        try (Writer in = put.outputWriter()) {
            for (String line : lines) {
                in.write(line + "\n");
            }
        } catch (IOException e) {
            // It has ended: its status tells why.
        }
    }

    /** Containers of different users of the host, each of whom is root in its own. */
    @Test
    void usersOfTheHostShareAPipeByAGroup() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can be other users");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Pipes.create(volume.resolve("pipe"), Pipes.PipeSample.BOUNDED);
        Path place = Files.createDirectory(volume.resolve("shared"));
        Files.setAttribute(place, "unix:gid", GROUP);
        Files.setAttribute(place, "unix:mode", 02770); // What is made in it is the group's.
        PipeSpec spec = PipeSpec.bounded().sharedWithGroup(true);
        Pipe.create(place.resolve("pipe"), spec).close();
        classPath = classPathForAll();
        List<String> refusals =
                session(second.of(STRANGER, STRANGER), "cat pipe", "cat --shared shared/pipe");
        assertTrue(refusals.get(0).contains("found owner"), refusals::toString);
        assertTrue(refusals.get(0).contains("this process's user 0"), refusals::toString);
        assertEquals("status " + ExitStatus.INVALID.status(), refusals.get(1));
        assertEquals("status " + ExitStatus.DENIED.status(), refusals.get(3));
        Container member = first.of(MEMBER, GROUP);
        assertEquals(List.of("status 0"), session(member, "put --shared --lines shared/pipe"));
        assertEquals(
                List.of("1", "2", "3", "status 0"),
                session(second.of(OTHER_MEMBER, GROUP), "cat --shared --lines shared/pipe"));
    }

    @Test
    void aNodeOfTheHostAnswersAContainer() throws Exception {
        Path nodes = Files.createDirectory(volume.resolve("nodes"));
        try (Node echo = Node.join(nodes, "echo")) {
            Process call = start(first, "call", "--timeout", "30s", "nodes", "echo", "hello");
            while (call.isAlive()) {
                ExitStatusTest.answer(echo);
            }
            CommandResult reply = Sluice.await(call);
            assertStatus(ExitStatus.OK, reply);
            assertEquals("HELLO", reply.out());
        }
    }

    @Test
    void aReadOnlyVolumeIsForLooking() throws Exception {
        Pipes.create(volume.resolve("pipe"), Pipes.PipeSample.BOUNDED, "a", "b");
        List<String> lines =
                session(first.readOnly(), "peek --lines pipe", "cat --lines pipe", "doctor .");
        assertEquals(List.of("a", "b", "status 0"), lines.subList(0, 3));
        assertTrue(lines.get(3).contains("read-only file system"), lines::toString);
        assertEquals("status " + ExitStatus.DENIED.status(), lines.get(4));
        assertTrue(lines.get(5).startsWith("fail  a pipe"), lines::toString);
        assertTrue(lines.get(6).contains("-> mount it writable"), lines::toString);
        assertEquals("status " + ExitStatus.UNFIT.status(), lines.getLast());
    }

    /**
     * A pipe that does not fit is refused with a remedy, and leaves nothing; a smaller one works.
     */
    @Test
    void aSmallSharedMemoryIsEnoughForPipesThatFit() throws Exception {
        List<String> lines =
                session(
                        first,
                        "create --senders 1 --capacity 64M /dev/shm/large",
                        "ls /dev/shm",
                        "create --senders 1 --capacity 32M /dev/shm/fits",
                        "put --lines /dev/shm/fits",
                        "cat --lines /dev/shm/fits",
                        "doctor");
        String refusal = lines.getFirst();
        assertTrue(refusal.matches("sluice: no space for \\d+ bytes of /dev/shm/.*"), refusal);
        assertTrue(refusal.contains("choose another directory or a smaller capacity"), refusal);
        assertTrue(refusal.contains("--shm-size"), refusal);
        List<String> statuses =
                lines.stream().filter(line -> line.matches("status.*|[123]")).toList();
        assertEquals(
                "status 1, status 0, status 0, status 0, 1, 2, 3, status 0, status 0",
                String.join(", ", statuses));
        for (String finding :
                List.of(
                        "warn  user namespace .*users are mapped \\(0 \\d+ 1\\)",
                        "warn  space of /dev/shm .*64 MiB, as containers have by default; 32.* free",
                        "      -> docker run --shm-size=1g; .*",
                        "ok    pid namespace .*its own: .*",
                        "ok    a pipe .*works in /dev/shm",
                        "ok    an anonymous pipe .*works")) {
            assertTrue(
                    lines.stream().anyMatch(line -> line.matches(finding)),
                    () -> finding + " is not in\n" + String.join("\n", lines));
        }
    }

    /** Copies the command and its tests to where other users can read them. */
    private String classPathForAll() throws IOException {
        Path classes = Files.createDirectory(directory.resolve("classes"));
        List<String> copies = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator)) {
            Path from = Path.of(entry);
            if (!entry.matches(".*(classes|agrona|jctools|picocli|jackson|sluice).*")
                    || Files.notExists(from)) {
                continue;
            }
            Path to = classes.resolve(copies.size() + "-" + from.getFileName());
            try (Stream<Path> files = Files.walk(from)) {
                for (Path file : files.toList()) {
                    Path copy = to.resolve(from.relativize(file).toString());
                    Files.copy(file, Files.isDirectory(from) ? copy : to);
                }
            }
            copies.add(to.toString());
        }
        return String.join(File.pathSeparator, copies);
    }
}
