package io.sluice.torture;

import io.sluice.children.ClassCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that runs {@link ChildProcess}, or does what that does in C. */
final class ChildProcessHandle implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 60;

    private final Process process;
    private final boolean inC;

    /**
     * Starts a process in C.
     *
     * @param program the program that it runs
     */
    ChildProcessHandle(Path program) throws IOException {
        this(true, List.of(program.toString()));
    }

    private ChildProcessHandle(boolean inC, List<String> command) throws IOException {
        this.inC = inC;
        process =
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                        .start();
    }

    /**
     * Starts a JVM.
     *
     * @param jar the jar that it runs
     * @param flag an additional JVM flag
     */
    ChildProcessHandle(Path jar, String flag) throws IOException {
        this(false, command(jar, flag));
    }

    private static List<String> command(Path jar, String flag) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(ClassCache.BRIEF);
        command.addAll(List.of("-Xmx48m", "-Xlog:disable", flag, "-jar", jar.toString()));
        return command;
    }

    /** Tests whether this is a program in C: it has no named points to die at. */
    boolean isInC() {
        return inC;
    }

    void writeLine(String line) throws IOException {
        process.outputWriter().write(line + "\n");
        process.outputWriter().flush();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitValue() {
        return process.exitValue();
    }

    /**
     * Sends it a signal.
     *
     * @return false if it has died meanwhile: {@link #isAlive()} notices this a moment later than
     *     the kernel, after another thread of this JVM has recorded its exit
     */
    boolean signal(int signal) {
        return Signals.send(process.pid(), signal);
    }

    /** Tests whether the kernel has stopped it. */
    boolean isStopped() {
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
        } catch (IOException e) {
            return false; // It has died.
        }
    }

    /** Lets it exit by itself. */
    void awaitExit() throws IOException, InterruptedException {
        process.outputWriter().close();
        if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("process " + process.pid() + " is still running");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public String toString() {
        return (inC ? "C process " : "process ")
                + process.pid()
                + (isStopped() ? " (stopped)" : "");
    }
}
