package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A running C program, which prints a line for each thing that happens. */
final class CProgram implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 120;

    private final List<String> command = new ArrayList<>();
    private final Process process;
    private final BufferedReader out;

    private CProgram(Path program, Object... arguments) throws IOException {
        command.add(program.toString());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        out = process.inputReader();
    }

    static CProgram start(Path program, Object... arguments) throws IOException {
        return new CProgram(program, arguments);
    }

    /** Runs a program to its end; returns what it printed. */
    static String run(Path program, Object... arguments) throws Exception {
        try (CProgram run = start(program, arguments)) {
            return run.finish();
        }
    }

    String readLine() throws IOException {
        return out.readLine();
    }

    void expectLine(String line) throws IOException {
        assertEquals(line, readLine(), () -> "a line of " + command);
    }

    /** Spins until its thread sleeps in {@code futex(2)}. */
    void untilAsleep() throws IOException {
        String futex = "aarch64".equals(System.getProperty("os.arch")) ? "98 " : "202 ";
        Path call = Path.of("/proc/" + process.pid() + "/syscall");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        for (String seen; !(seen = Files.readString(call)).startsWith(futex); ) {
            if (System.nanoTime() > end) {
                throw new AssertionError(command + " is not asleep: " + seen);
            }
            Thread.onSpinWait();
        }
    }

    /** Waits for its end; returns the rest of what it printed. */
    String finish() throws Exception {
        StringBuilder lines = new StringBuilder();
        Thread reader =
                Thread.ofPlatform()
                        .start(() -> out.lines().forEach(line -> lines.append(line).append('\n')));
        if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command + " is still running; it printed:\n" + lines);
        }
        reader.join();
        String text = lines.toString().strip();
        assertEquals(0, process.exitValue(), () -> command + " printed:\n" + text);
        return text;
    }

    /** Sends SIGKILL, and waits until the process has exited. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
