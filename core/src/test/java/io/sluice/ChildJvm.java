package io.sluice;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A child JVM that runs a main class of the tests and exchanges lines with it. Its stderr is
 * printed, and kept for {@link #readErrors}.
 */
final class ChildJvm implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 60;

    private final Process process;
    private final BufferedReader out;
    private final CompletableFuture<String> errors = new CompletableFuture<>();

    private ChildJvm(Process process, boolean printsErrors) {
        this.process = process;
        this.out = process.inputReader();
        Thread.ofPlatform().daemon().start(() -> readErrors(process.errorReader(), printsErrors));
    }

    private void readErrors(BufferedReader err, boolean printsErrors) {
        StringBuilder lines = new StringBuilder();
        try {
            for (String line; (line = err.readLine()) != null; ) {
                lines.append(line).append('\n');
                if (printsErrors) {
                    System.err.println(line);
                }
            }
        } catch (IOException e) {
            lines.append(e); // It was killed.
        }
        errors.complete(lines.toString());
    }

    static ChildJvm start(Class<?> main, Object... arguments) throws IOException {
        return start(List.of("--enable-native-access=ALL-UNNAMED"), main, arguments);
    }

    static ChildJvm start(List<String> flags, Class<?> main, Object... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return new ChildJvm(new ProcessBuilder(command).start(), true);
    }

    /**
     * Starts a child through a command prefix, for example one that switches the user, with a class
     * path that the child can read.
     */
    static ChildJvm startBy(
            List<String> prefix, String classPath, Class<?> main, Object... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", classPath));
        command.add(main.getName());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return new ChildJvm(new ProcessBuilder(command).start(), true);
    }

    /**
     * Starts a child with exactly these flags; a class path among them replaces the tests'. Its
     * stderr is not printed.
     */
    static ChildJvm startPlain(List<String> flags, Class<?> main, Object... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        if (!flags.contains("-cp")) {
            command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        }
        command.addAll(flags);
        command.add(main.getName());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        return new ChildJvm(builder.start(), false);
    }

    /** Returns all of its stderr; blocks until it has closed stderr. */
    String readErrors() {
        return errors.join();
    }

    /** Returns the next line of its stdout, or null at the end. */
    String readLine() throws IOException {
        return out.readLine();
    }

    void expectLine(String line) throws IOException {
        String found = readLine();
        if (found == null) {
            throw new AssertionError(
                    "child ended instead of saying \"" + line + "\"; its stderr:\n" + readErrors());
        }
        if (!line.equals(found)) {
            throw new AssertionError("child said \"" + found + "\" instead of \"" + line + "\"");
        }
    }

    void say(String line) throws IOException {
        process.outputWriter().write(line + "\n");
        process.outputWriter().flush();
    }

    long pid() {
        return process.pid();
    }

    /** Sends a signal by name and waits until it has been sent. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
    }

    /** Sends SIGKILL and waits until the process has exited. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        waitFor();
    }

    int waitFor() throws InterruptedException {
        if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("child " + process.pid() + " is still running");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
