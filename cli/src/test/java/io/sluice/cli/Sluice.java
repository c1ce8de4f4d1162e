package io.sluice.cli;

import io.sluice.children.ClassCache;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs the command: in this process, or as a process of its own. */
final class Sluice {
    private static final long DEADLINE_SECONDS = 60;

    private static final List<String> FLAGS =
            Stream.concat(
                            ClassCache.BRIEF.stream(),
                            Stream.of("-Xmx64m", "--enable-native-access=ALL-UNNAMED"))
                    .toList();

    private Sluice() {}

    /** Made by the first process. */
    private static final class Cached {
        static final ClassCache CLASSES = ClassCache.make(FLAGS, EachVerb.class);
    }

    /** Uses what processes use: the verbs that send, receive and look. */
    static final class EachVerb {
        public static void main(String[] arguments) {
            String pipe = arguments[0] + "/pipe";
            Sluice.main(
                    new String[] {
                        "create " + pipe,
                        "put --lines " + pipe,
                        "ls " + arguments[0],
                        "stat " + pipe,
                        "peek --lines " + pipe,
                        "cat --lines " + pipe
                    });
            SluiceCommand.main(new String[] {"ls", arguments[0]});
        }
    }

    /** What a run has left. */
    record CommandResult(int status, byte[] bytes, String err) {
        String out() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        List<String> lines() {
            return out().lines().toList();
        }

        @Override
        public String toString() {
            return "status " + status + "\n--- out\n" + out() + "--- err\n" + err;
        }
    }

    /** What ends a process, in a test that runs in one. */
    static final class Halted extends Error {
        private static final long serialVersionUID = 1L;

        final int status;

        Halted(int status) {
            super(null, null, false, false);
            this.status = status;
        }
    }

    static CommandResult run(String... arguments) {
        return input("", arguments);
    }

    static CommandResult input(String input, String... arguments) {
        return input(input.getBytes(StandardCharsets.UTF_8), arguments);
    }

    static CommandResult input(byte[] input, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        return run(new ByteArrayInputStream(input), out, out, Terminal.NONE, arguments);
    }

    static CommandResult run(
            InputStream in,
            OutputStream out,
            ByteArrayOutputStream kept,
            Terminal terminal,
            String... arguments) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        Streams streams =
                new Streams(
                        in,
                        out,
                        errors,
                        terminal,
                        status -> {
                            throw new Halted(status);
                        });
        int status;
        try {
            status = SluiceCommand.run(streams, arguments);
        } catch (Halted e) {
            status = e.status;
        }
        return new CommandResult(status, kept.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    /** Returns the command line that starts it, for tests that need a process. */
    static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(FLAGS);
        command.addAll(Cached.CLASSES.flags());
        command.addAll(List.of("-cp", Cached.CLASSES.classPath()));
        command.add(SluiceCommand.class.getName());
        command.addAll(List.of(arguments));
        return command;
    }

    /** Returns the command line of one process that runs several commands; see {@link #main}. */
    static List<String> session(String... lines) {
        List<String> command = command(lines);
        command.set(command.indexOf(SluiceCommand.class.getName()), Sluice.class.getName());
        return command;
    }

    /**
     * Runs command lines one after the other, in one process, and prints what each prints and its
     * status. The standard input of each is the lines 1, 2 and 3.
     */
    public static void main(String[] lines) {
        for (String line : lines) {
            CommandResult result = input("1\n2\n3\n", line.split(" "));
            System.out.print(result.out() + result.err());
            System.out.println("status " + result.status());
        }
    }

    static Process start(String... arguments) throws IOException {
        // A shell's background job, such as a build, ignores SIGINT, and so do its children.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        command.addAll(command(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        clean(builder);
        return builder.start();
    }

    static void clean(ProcessBuilder builder) {
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    }

    /** Makes an executable {@code sluice}, and returns its directory. */
    static Path script(Path directory) throws IOException {
        StringBuilder script = new StringBuilder("#!/bin/sh\nexec");
        for (String word : command()) {
            script.append(" '").append(word).append("'");
        }
        Path file = Files.writeString(directory.resolve("sluice"), script + " \"$@\"\n");
        if (!file.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + file + " executable");
        }
        return directory;
    }

    /** Waits for a process, and returns what it has left. One that goes on is killed. */
    static CommandResult await(Process process) throws IOException, InterruptedException {
        String info = process.info().toString();
        CompletableFuture<Void> deadline =
                CompletableFuture.runAsync(
                        () -> {},
                        CompletableFuture.delayedExecutor(DEADLINE_SECONDS, TimeUnit.SECONDS));
        deadline.thenRun(process.toHandle()::destroyForcibly); // It leaves the streams open.
        byte[] out = process.getInputStream().readAllBytes();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        CommandResult result = new CommandResult(process.waitFor(), out, err);
        if (!deadline.cancel(false)) {
            throw new AssertionError("it went on until it was killed: " + info + "\n" + result);
        }
        return result;
    }
}
