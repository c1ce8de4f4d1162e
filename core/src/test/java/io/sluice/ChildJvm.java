package io.sluice;

import io.sluice.children.ClassCache;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A child JVM that runs a main class of the tests and exchanges lines with it. Its stderr is
 * printed, and kept for {@link #readErrors}.
 */
final class ChildJvm implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private static final List<String> FLAGS =
            Stream.concat(
                            ClassCache.BRIEF.stream(),
                            Stream.of("-Xmx64m", "--enable-native-access=ALL-UNNAMED"))
                    .toList();

    /** Made by the first child. */
    private static final class Cached {
        static final ClassCache CLASSES = ClassCache.make(FLAGS, EachKind.class);
    }

    /** Uses what children use: pipes of each kind, and nodes. */
    static final class EachKind {
        public static void main(String[] arguments) throws Exception {
            Path directory = Path.of(arguments[0]);
            Duration moment = Duration.ofMillis(1);
            for (PipeSpec spec :
                    List.of(
                            PipeSpec.bounded(4096),
                            PipeSpec.bounded(4096).senders(1).receivers(2),
                            PipeSpec.unbounded(1 << 16, 4096),
                            PipeSpec.rendezvous())) {
                Path path = directory.resolve("pipe");
                try (Pipe created = Pipe.create(path, spec);
                        PipeReceiver receiver = created.receiver();
                        PipeSender sender = Pipe.open(path).sender()) {
                    sender.trySend(new byte[8]);
                    receiver.receive((memory, offset, length) -> {}, 10, moment);
                    receiver.receive(moment);
                }
                Pipe.delete(path);
            }
            Path nodes = Files.createDirectory(directory.resolve("nodes"));
            try (Node one = Node.join(nodes, "one");
                    Node other = Node.join(nodes, "other")) {
                CompletableFuture<Reply> reply = one.callAsync("other", new byte[8], DEADLINE);
                other.receive((message, memory, offset, n) -> message.tryReply(new byte[8]), 1);
                reply.get();
            }
        }
    }

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
        return start(List.of(), main, arguments);
    }

    /** Starts a child with further flags. */
    static ChildJvm start(List<String> flags, Class<?> main, Object... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(FLAGS);
        command.addAll(flags);
        command.addAll(Cached.CLASSES.flags());
        command.addAll(List.of("-cp", Cached.CLASSES.classPath(), main.getName()));
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
        command.addAll(FLAGS);
        command.addAll(List.of("-cp", classPath, main.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return new ChildJvm(new ProcessBuilder(command).start(), true);
    }

    /**
     * Starts a child with these flags, and those that make its start brief; a class path among them
     * replaces the tests'. Its stderr is not printed.
     */
    static ChildJvm startPlain(List<String> flags, Class<?> main, Object... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        if (!flags.contains("-cp")) {
            command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        }
        command.addAll(ClassCache.BRIEF);
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
        if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("child " + process.pid() + " is still running");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
