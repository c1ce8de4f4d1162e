package io.sluice.aeron;

import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import io.sluice.children.ClassCache;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A child JVM that runs a class of the tests or the module, and exchanges lines with it. */
final class ChildProgram implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 60;

    /** The flags of a JVM that runs for long, too. */
    static final List<String> LONG =
            List.of(
                    "-Xmx128m",
                    "--enable-native-access=ALL-UNNAMED",
                    "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED");

    static final List<String> FLAGS =
            Stream.concat(ClassCache.BRIEF.stream(), LONG.stream()).toList();

    /** Made by the first child. */
    private static final class Cached {
        static final ClassCache CLASSES = ClassCache.make(FLAGS, BothHalves.class);
    }

    /** Uses what children use: both halves of a bridge, with media drivers and an archive. */
    static final class BothHalves {
        public static void main(String[] arguments) throws Exception {
            Path directory = Path.of(arguments[0]);
            Path here = directory.resolve("here");
            Path there = directory.resolve("there");
            Pipe source = Pipe.create(here, PipeSpec.bounded().senders(1));
            String messages = FreePort.endpoint();
            String confirmations = FreePort.endpoint();
            List<Thread> halves = new ArrayList<>();
            for (List<String> half :
                    List.of(
                            List.of("out", here.toString(), messages, confirmations),
                            List.of("in", there.toString(), messages, confirmations, "--create"))) {
                List<String> all = new ArrayList<>(half);
                all.addAll(List.of("--timeout=60000", "--every=0"));
                halves.add(
                        Thread.ofPlatform()
                                .start(() -> BridgeProgram.execute(all.toArray(String[]::new))));
            }
            try (PipeReceiver receiver = Pipe.open(there, Duration.ofSeconds(30)).receiver();
                    PipeSender sender = source.sender()) {
                sender.send(new byte[3]);
                receiver.receive(Duration.ofSeconds(30));
            }
            for (Thread half : halves) {
                half.join();
            }
        }
    }

    private final Process process;
    private final BufferedReader out;

    private ChildProgram(Process process) {
        this.process = process;
        this.out = process.inputReader();
    }

    static ChildProgram start(Class<?> main, String... arguments) throws IOException {
        return startBy(List.of(), List.of(), main, arguments);
    }

    /** Starts a child by a command prefix such as one of ip(8), with more than the usual flags. */
    static ChildProgram startBy(
            List<String> prefix, List<String> more, Class<?> main, String... arguments)
            throws IOException {
        List<String> flags = new ArrayList<>(FLAGS);
        flags.addAll(Cached.CLASSES.flags());
        flags.addAll(more);
        return start(prefix, flags, Cached.CLASSES.classPath(), main, arguments);
    }

    /** Starts a child with exactly these flags. */
    static ChildProgram startWith(List<String> flags, Class<?> main, String... arguments)
            throws IOException {
        return start(List.of(), flags, System.getProperty("java.class.path"), main, arguments);
    }

    private static ChildProgram start(
            List<String> prefix,
            List<String> flags,
            String classPath,
            Class<?> main,
            String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        return new ChildProgram(builder.start());
    }

    /** Returns the next line of its stdout, or null at the end. */
    String readLine() throws IOException {
        return out.readLine();
    }

    void expectLine(String line) throws IOException {
        String found = readLine();
        if (!line.equals(found)) {
            throw new AssertionError("child said \"" + found + "\" instead of \"" + line + "\"");
        }
    }

    /** Sends SIGSTOP, and waits until no thread of it runs: one may be about to record. */
    void pause() throws IOException, InterruptedException {
        signal("STOP");
        Soon.await(this::isStopped, () -> process.pid() + " has not stopped");
    }

    private boolean isStopped() {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            for (Path thread : threads.toList()) {
                String stat = Files.readString(thread.resolve("stat"));
                if (!stat.substring(stat.lastIndexOf(')') + 1).startsWith(" T ")) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return false; // A thread has ended meanwhile.
        }
    }

    /** Sends SIGCONT. */
    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        String pid = String.valueOf(process.pid());
        int status = new ProcessBuilder("kill", "-" + name, pid).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException("kill -" + name + " " + pid + " exited with " + status);
        }
    }

    /** Sends SIGKILL and waits until the process has exited. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        waitFor();
    }

    boolean hasExited() {
        return !process.isAlive();
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
