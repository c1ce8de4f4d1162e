package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.cli.Sluice.CommandResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is killed in the middle loses nothing that it had not written. */
@Timeout(120)
class KilledCatTest {
    /** More than the kernel keeps for the reader of a pipe. */
    private static final int MESSAGES = 3000;

    private static final String FILLER = ".".repeat(60);

    @TempDir Path directory;

    private String pipe;

    @BeforeEach
    void place() {
        pipe = directory.resolve("pipe").toString();
    }

    private static String message(int number) {
        return number + FILLER;
    }

    private static String[] messages() {
        return IntStream.range(0, MESSAGES).mapToObj(KilledCatTest::message).toArray(String[]::new);
    }

    static void awaitUntilBlocked(ProcessHandle process) {
        Path threads = Path.of("/proc/" + process.pid() + "/task");
        long end = System.nanoTime() + 30_000_000_000L;
        while (System.nanoTime() < end && process.isAlive()) {
            if (Stream.of(threads.toFile().list()).anyMatch(t -> writes(threads.resolve(t)))) {
                return;
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("no thread waits in a write: " + process.info());
    }

    private static boolean writes(Path thread) {
        try {
            return Files.readString(thread.resolve("wchan")).contains("pipe_write");
        } catch (IOException e) {
            return false; // It has just ended.
        }
    }

    /** Returns the whole lines, without the last one if it was cut off. */
    static List<String> wholeLines(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int end = text.lastIndexOf('\n') + 1;
        return text.substring(0, end).lines().toList();
    }

    @ParameterizedTest
    @EnumSource(
            value = Pipes.PipeSample.class,
            names = {"UNBOUNDED", "DROPPING"})
    void aKilledReceiverThatIsWritingLosesNothing(Pipes.PipeSample kind) throws Exception {
        Pipes.create(Path.of(pipe), kind, messages());
        Process first = Sluice.start("cat", "--lines", pipe);
        awaitUntilBlocked(
                first.toHandle()); // Its output is full: it holds messages that it cannot write.
        first.toHandle().destroyForcibly(); // It leaves the stream open.
        first.waitFor();
        List<String> written = wholeLines(first.getInputStream().readAllBytes());
        CommandResult second = Sluice.await(Sluice.start("cat", "--lines", pipe));
        assertEquals(0, second.status(), second::toString);
        TreeMap<Integer, Integer> times = new TreeMap<>();
        List<String> all = new ArrayList<>(written);
        all.addAll(second.lines());
        for (String line : all) {
            int number = Integer.parseInt(line.replace(FILLER, ""));
            assertEquals(message(number), line);
            times.merge(number, 1, Integer::sum);
        }
        assertEquals(MESSAGES, times.size(), "lost: " + missing(times.navigableKeySet()));
        long repeated = times.values().stream().filter(count -> count > 1).count();
        long marked = second.err().lines().filter(line -> line.contains("may be a repeat")).count();
        assertTrue(repeated <= marked, repeated + " repeated, but marked:\n" + second.err());
        assertTrue(marked > 0, second::toString);
        assertFalse(second.err().contains("WARNING"), second::toString); // Of a log.
    }

    private static TreeSet<Integer> missing(Iterable<Integer> found) {
        TreeSet<Integer> missing = new TreeSet<>();
        IntStream.range(0, MESSAGES).forEach(missing::add);
        found.forEach(missing::remove);
        return missing;
    }

    private CommandResult shell(String script) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", script);
        builder.directory(directory.toFile());
        Sluice.clean(builder);
        String path = Sluice.script(directory) + ":" + System.getenv("PATH");
        builder.environment().put("PATH", path);
        return Sluice.await(builder.start());
    }

    @Test
    void aReaderThatLeavesLosesNothing() throws Exception {
        Pipes.create(Path.of(pipe), Pipes.PipeSample.UNBOUNDED, messages());
        CommandResult head = shell("sluice cat --lines pipe | head -n 5; echo ${PIPESTATUS[0]}");
        assertEquals("141", head.lines().get(5), head::toString);
        assertEquals("", head.err());
        assertEquals(message(4), head.lines().get(4));
        // What the shell's pipe had in its buffer was written, and is gone with its reader.
        List<String> rest = Sluice.run("cat", "--lines", pipe).lines();
        int next = Integer.parseInt(rest.get(0).replace(FILLER, ""));
        assertEquals(MESSAGES - next, new TreeSet<>(rest).size(), "from " + next + " on");
    }

    @Test
    void aFullDiskLosesNothing() throws Exception {
        Pipes.create(Path.of(pipe), Pipes.PipeSample.MANY_RECEIVERS, "a", "b", "c");
        CommandResult full = shell("sluice cat --lines pipe > /dev/full");
        assertEquals(ExitStatus.ERROR.status(), full.status(), full::toString);
        assertTrue(full.err().contains("No space left on device"), full::toString);
        CommandResult rest = Sluice.run("cat", "--lines", pipe);
        assertEquals("a\nb\nc\n", rest.out());
        assertTrue(rest.err().contains("message 1 may be a repeat"), rest::toString);
    }

    @Test
    void controlCEndsItAsAnyCommand() throws Exception {
        Pipes.create(Path.of(pipe), Pipes.PipeSample.BOUNDED, "a");
        Process cat = Sluice.start("cat", "--lines", "--follow", pipe);
        assertEquals("a", cat.inputReader().readLine());
        new ProcessBuilder("kill", "-INT", "" + cat.pid()).start().waitFor();
        assertEquals(ExitStatus.INTERRUPTED.status(), Sluice.await(cat).status());
    }
}
