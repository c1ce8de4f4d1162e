package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.linux.Platform;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Access to pipes by owner and group, and the directories that a pipe may be in. */
@Timeout(120)
class PipeSharingTest {
    private static final int GROUP = 54_000;
    private static final int OWNER = 54_001;
    private static final int MEMBER = 54_002;
    private static final int STRANGER = 54_003;

    @TempDir Path directory;

    @BeforeEach
    void allowTraversal() throws IOException {
        mode(directory, "rwxr-xr-x");
    }

    private static void mode(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static int bits(Path file) throws IOException {
        return (int) Files.getAttribute(file, "unix:mode") & 07777;
    }

    /** A user of a pipe: prints the result. */
    static final class User {
        private User() {}

        public static void main(String[] arguments) throws Exception {
            Path path = Path.of(arguments[1]);
            try {
                switch (arguments[0]) {
                    case "own" -> own(path);
                    case "open" -> use(Pipe.open(path));
                    case "peep" -> peep(path);
                    default -> use(Pipe.openShared(path));
                }
            } catch (IOException | InvalidPipeException e) {
                System.out.println("refused " + e.getClass().getSimpleName());
            }
        }

        private static void own(Path path) throws Exception {
            PipeSpec spec = PipeSpec.bounded(4096).senders(3).sharedWithGroup(true);
            Pipe pipe = Pipe.create(path, spec);
            try (PipeReceiver receiver = pipe.receiver()) {
                System.out.println("made");
                byte[] message = receiver.receive(Duration.ofSeconds(60));
                System.out.println(new String(message, StandardCharsets.UTF_8));
            }
            System.in.read();
            System.out.println("deleted " + Pipe.delete(path));
        }

        private static void peep(Path path) throws IOException {
            try {
                Pipe.open(path);
            } catch (java.nio.file.AccessDeniedException e) {
                System.out.println(e.getReason());
            }
        }

        private static void use(Pipe pipe) throws Exception {
            try (PipeSender sender = pipe.sender()) {
                sender.send("a message".getBytes(StandardCharsets.UTF_8));
            }
            System.out.println("sent");
        }
    }

    /** Copies the tests' class path to where every user can read it. */
    private String classPath() throws IOException {
        List<String> copies = new ArrayList<>();
        int i = 0;
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path from = Path.of(entry);
            if (!entry.contains("agrona") && !Files.isDirectory(from)) {
                continue;
            }
            Path to = directory.resolve("classes" + i++ + (Files.isDirectory(from) ? "" : ".jar"));
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

    private static List<String> as(int user, int group, int groups, String umask) {
        return List.of(
                "sh",
                "-c",
                "umask " + umask + "; exec \"$@\"",
                "sh",
                "setpriv",
                "--reuid=" + user,
                "--regid=" + group,
                "--groups=" + groups);
    }

    private static String lineOf(ChildJvm child) throws IOException {
        String line = child.readLine();
        return line == null ? "nothing" : line;
    }

    /** Returns the umasks of the owner and of the member; all in a proof. */
    static List<Arguments> umasks() {
        return List.of(
                        Arguments.of("077", "000"),
                        Arguments.of("022", "077"),
                        Arguments.of("077", "077"),
                        Arguments.of("000", "000"))
                .subList(0, Proof.size(1, 4));
    }

    /** The member's own group is another one: what it creates must belong to the pipe's group. */
    @ParameterizedTest
    @MethodSource("umasks")
    void onlyMembersOfTheGroupUseASharedPipe(String owners, String members) throws Exception {
        assumeTrue(Platform.userId() == 0, "only root can be several users");
        assumeTrue(new ProcessBuilder("setpriv", "--version").start().waitFor() == 0, "no setpriv");
        String classes = classPath();
        Path shared = Files.createDirectory(directory.resolve("shared"));
        Files.setAttribute(shared, "unix:mode", 01777);
        Path path = shared.resolve("pipe");
        List<String> owner = as(OWNER, GROUP, GROUP, owners);
        List<String> member = as(MEMBER, MEMBER, GROUP, members);
        try (ChildJvm first = ChildJvm.startBy(owner, classes, User.class, "own", path)) {
            first.expectLine("made");
            assertEquals(02770, bits(path));
            for (String file : List.of("meta", "locks")) {
                assertEquals(0660, bits(path.resolve(file)), file);
            }
            try (ChildJvm child = ChildJvm.startBy(member, classes, User.class, "open", path)) {
                assertEquals("refused InvalidPipeException", lineOf(child));
            }
            List<String> stranger = as(STRANGER, STRANGER, STRANGER, "000");
            try (ChildJvm child = ChildJvm.startBy(stranger, classes, User.class, "share", path)) {
                assertTrue(lineOf(child).startsWith("refused "));
            }
            assertFalse(Files.exists(path.resolve("lane-0")), "no end was attached");
            try (ChildJvm child = ChildJvm.startBy(member, classes, User.class, "share", path)) {
                assertEquals("sent", lineOf(child));
            }
            assertEquals(0660, bits(path.resolve("lane-0")));
            assertEquals(GROUP, Files.getAttribute(path.resolve("lane-0"), "unix:gid"));
            assertEquals(MEMBER, Files.getAttribute(path.resolve("lane-0"), "unix:uid"));
            first.expectLine("a message");
            first.say("go");
            first.expectLine("deleted true");
            assertFalse(Files.exists(path));
        }
    }

    /** A setgid directory gives its group to what is created in it, also to a pipe. */
    @Test
    void aPipeBelongsToTheGroupOfASetgidDirectory() throws Exception {
        assumeTrue(Platform.userId() == 0, "only root can choose any group");
        Path place = Files.createDirectory(directory.resolve("place"));
        Files.setAttribute(place, "unix:gid", GROUP);
        Files.setAttribute(place, "unix:mode", 02770);
        Path path = place.resolve("pipe");
        Pipe.create(path, PipeSpec.bounded(4096).senders(1).sharedWithGroup(true)).close();
        assertEquals(02770, bits(path));
        for (Path file :
                List.of(
                        path,
                        path.resolve("meta"),
                        path.resolve("locks"),
                        path.resolve("lane-0"))) {
            assertEquals(GROUP, Files.getAttribute(file, "unix:gid"), file.toString());
        }
    }

    @Test
    void anotherUsersAnonymousPipeIsRefusedWithAMessage() throws Exception {
        assumeTrue(Platform.userId() == 0, "only root can be several users");
        assumeTrue(new ProcessBuilder("setpriv", "--version").start().waitFor() == 0, "no setpriv");
        Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
        List<String> stranger = as(STRANGER, STRANGER, STRANGER, "077");
        try (ChildJvm child =
                ChildJvm.startBy(stranger, classPath(), User.class, "peep", pipe.path())) {
            String line = lineOf(child);
            assertTrue(line.startsWith("refused: ") && line.endsWith("user " + STRANGER), line);
        }
        assertEquals(4096, pipe.capacity());
    }

    @Test
    void aDirectoryWritableByOthersIsRefusedUnlessItIsSticky() throws IOException {
        Path open = Files.createDirectory(directory.resolve("open"));
        Path path = open.resolve("deep").resolve("pipe");
        Files.createDirectory(path.getParent());
        Pipe.create(path, PipeSpec.bounded().senders(1));
        Files.setAttribute(open, "unix:mode", 0777);
        Path second = path.resolveSibling("second");
        for (var attempt :
                new org.junit.jupiter.api.function.Executable[] {
                    () -> Pipe.open(path),
                    () -> Pipe.openShared(path),
                    () -> Pipe.delete(path),
                    () -> Pipe.create(second, PipeSpec.bounded().senders(1))
                }) {
            InvalidPipeException e = assertThrows(InvalidPipeException.class, attempt);
            assertTrue(e.getMessage().contains("mode 0777"), e.getMessage());
        }
        assertFalse(Files.exists(second));
        Files.setAttribute(open, "unix:mode", 01777);
        Pipe.open(path).sender().close();
        Pipe.create(second, PipeSpec.bounded().senders(1));
    }

    /** Files that were valid when the pipe was opened are checked again when an end is opened. */
    @ParameterizedTest
    @ValueSource(strings = {"meta", "locks", "lane-0", "lane-1"})
    void aFileThatBecameALinkOrAnotherUsersIsNotUsed(String name) throws Exception {
        Path path = directory.resolve("pipe");
        Pipe pipe = Pipe.create(path, PipeSpec.bounded(4096).senders(2));
        try (PipeSender one = pipe.sender();
                PipeSender two = pipe.sender()) {
            assertFalse(one == two);
        }
        Path file = path.resolve(name);
        mode(file, "rw-rw-rw-");
        notUsed(pipe, name, "mode 0666");
        mode(file, "rw-------");
        if (Platform.userId() == 0) {
            Files.setAttribute(file, "unix:uid", STRANGER);
            notUsed(pipe, name, "owner " + STRANGER);
            Files.setAttribute(file, "unix:uid", 0);
        }
        Path moved = Files.move(file, directory.resolve("moved"));
        Files.createSymbolicLink(file, moved);
        notUsed(pipe, name, "a symbolic link");
        Files.delete(file);
        assertEquals(0, new ProcessBuilder("mkfifo", "-m", "600", "" + file).start().waitFor());
        notUsed(pipe, name, "a special file");
    }

    private static void notUsed(Pipe pipe, String name, String found) throws IOException {
        if (name.startsWith("lane")) { // Takes the other lane, so that none is left.
            try (PipeSender other = pipe.sender()) {
                assertTrue(other.trySend(new byte[1]));
                refused(found, pipe::sender);
            }
        } else {
            refused(found, pipe::sender);
            refused(found, pipe::receiver);
        }
    }

    private static void refused(String found, org.junit.jupiter.api.function.Executable attempt) {
        InvalidPipeException e = assertThrows(InvalidPipeException.class, attempt);
        assertTrue(e.getMessage().contains(found), e.getMessage());
    }
}
