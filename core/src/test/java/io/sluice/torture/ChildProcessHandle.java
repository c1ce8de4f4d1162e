package io.sluice.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that runs {@link ChildProcess}. */
final class ChildProcessHandle implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 60;

    private final Process process;

    /**
     * Starts a process.
     *
     * @param jar the jar that it runs
     * @param flag an additional JVM flag
     */
    ChildProcessHandle(Path jar, String flag) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(List.of("-Xmx48m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-Xlog:disable", flag, "-jar", jar.toString()));
        process =
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                        .start();
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
        return "process " + process.pid() + (isStopped() ? " (stopped)" : "");
    }
}
