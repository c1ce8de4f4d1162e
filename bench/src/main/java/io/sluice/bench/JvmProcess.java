package io.sluice.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A JVM with the options of this one, which answers a line for each line it is sent. Its program
 * must end at the end of its input, so it does not outlive this JVM.
 */
final class JvmProcess implements AutoCloseable {
    private static final int DEADLINE_SECONDS = 60;

    private final String name;
    private final Process process;
    private final BufferedReader output;
    private final Writer input;

    /** Starts a program. */
    JvmProcess(Class<?> program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(options());
        command.add(program.getName());
        command.addAll(List.of(arguments));
        this.name = program.getSimpleName() + " " + String.join(" ", arguments);
        this.process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        this.output = process.inputReader();
        this.input = process.outputWriter();
    }

    private static List<String> options() {
        List<String> options = new ArrayList<>();
        options.add("--enable-native-access=ALL-UNNAMED");
        options.add("--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED");
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-X"))
                .forEach(options::add);
        System.getProperties().stringPropertyNames().stream()
                .filter(property -> property.matches("(sluice|agrona|aeron)\\..*"))
                .map(property -> "-D" + property + "=" + System.getProperty(property))
                .forEach(options::add);
        options.add("-cp");
        options.add(System.getProperty("java.class.path"));
        return options;
    }

    /** Sends a line, and returns the answer. */
    String ask(String line) {
        try {
            input.write(line + "\n");
            input.flush();
        } catch (IOException e) {
            throw new IllegalStateException(name + " has ended; what it said is above", e);
        }
        return answer();
    }

    /** Returns the next line that it prints. Throws if it ends, or after a minute. */
    String answer() {
        CompletableFuture<String> reading = CompletableFuture.supplyAsync(this::read);
        String line;
        try {
            line = reading.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | InterruptedException | ExecutionException e) {
            throw new IllegalStateException(
                    name + " has not answered in " + DEADLINE_SECONDS + " s", e);
        }
        if (line == null) {
            throw new IllegalStateException(name + " has ended; what it said is above");
        }
        return line;
    }

    private String read() {
        try {
            return output.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Closes its input, at which it ends; ends it after a minute if it does not. */
    @Override
    public void close() {
        try {
            input.close();
        } catch (IOException e) {
            // It has ended.
        }
        try {
            process.onExit().get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | InterruptedException | ExecutionException e) {
            process.destroyForcibly();
            throw new IllegalStateException(name + " does not end", e);
        }
    }
}
