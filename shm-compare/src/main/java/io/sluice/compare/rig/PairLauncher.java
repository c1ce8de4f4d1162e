package io.sluice.compare.rig;

import io.sluice.compare.transport.SharedWords;
import io.sluice.compare.transport.Side;
import io.sluice.compare.transport.Transport;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts a fresh pair of processes, lets them run, and leaves nothing behind. */
final class PairLauncher {
    private static final List<String> FLAGS =
            List.of(
                    "-Xms64m",
                    "-Xmx64m",
                    "-XX:+UseSerialGC",
                    "-XX:-UsePerfData",
                    "--enable-native-access=ALL-UNNAMED");

    private final int initiatorCpu;
    private final int responderCpu;
    private final long timeoutSeconds;

    PairLauncher(int initiatorCpu, int responderCpu, long timeoutSeconds) {
        this.initiatorCpu = initiatorCpu;
        this.responderCpu = responderCpu;
        this.timeoutSeconds = timeoutSeconds;
    }

    /** What the two ends found. */
    record Pair(EndpointResult initiator, EndpointResult responder) {}

    /**
     * Runs one launch.
     *
     * @throws IOException if an end failed or did not finish in time; the message says why
     */
    Pair launch(Transport transport, String pattern, int size, long warmUpNs, long blockNs)
            throws IOException {
        Path directory = Files.createTempDirectory(scratch(), "shm-compare-");
        List<Process> ends = new ArrayList<>();
        Thread watch = null;
        Transport.Prepared prepared = null;
        boolean released = false;
        try {
            SharedWords.create(directory.resolve(LineFloor.FILE));
            prepared = transport.prepare(directory);
            for (Side side : new Side[] {Side.RESPONDER, Side.INITIATOR}) {
                ends.add(
                        start(
                                transport.jvmOptions(),
                                new Endpoint.Task(
                                        side,
                                        transport.name(),
                                        directory,
                                        prepared.address(),
                                        pattern,
                                        size,
                                        side == Side.INITIATOR ? initiatorCpu : responderCpu,
                                        warmUpNs,
                                        blockNs)));
            }
            ends.forEach(end -> end.onExit().thenAccept(dead -> endWith(dead, ends)));
            watch = killLater(ends);
            BufferedReader responder = ends.get(0).inputReader();
            BufferedReader initiator = ends.get(1).inputReader();
            expect(initiator, Endpoint.READY, "initiator");
            expect(responder, Endpoint.READY, "responder");
            released = true;
            prepared.release().run();
            String first = expect(initiator, Endpoint.RESULT, "initiator");
            String second = expect(responder, Endpoint.RESULT, "responder");
            return new Pair(Endpoint.parse(first), Endpoint.parse(second));
        } finally {
            if (watch != null) {
                watch.interrupt();
            }
            ends.forEach(end -> end.destroyForcibly().onExit().join());
            if (prepared != null) {
                if (!released) {
                    prepared.release().run();
                }
                prepared.remove().run();
            }
            delete(directory);
        }
    }

    private Process start(List<String> options, Endpoint.Task task) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(Endpoint.class.getName());
        command.addAll(task.toArguments());
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /** One that dies must not leave the other waiting for it, in an open, say. */
    private static void endWith(Process dead, List<Process> ends) {
        if (dead.exitValue() != 0) {
            ends.forEach(Process::destroyForcibly);
        }
    }

    private Thread killLater(List<Process> ends) {
        return Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                TimeUnit.SECONDS.sleep(timeoutSeconds);
                                ends.forEach(Process::destroyForcibly);
                            } catch (InterruptedException e) {
                                // They have finished.
                            }
                        });
    }

    private String expect(BufferedReader end, String prefix, String who) throws IOException {
        String line = end.readLine();
        if (line == null) {
            throw new IOException(
                    "the "
                            + who
                            + " died with the other end, or did not finish within "
                            + timeoutSeconds
                            + " s and was killed");
        }
        if (line.startsWith(Endpoint.ERROR)) {
            throw new IOException("the " + who + ": " + line.substring(Endpoint.ERROR.length()));
        }
        if (!line.startsWith(prefix)) {
            throw new IOException("the " + who + " said '" + line + "' instead of " + prefix);
        }
        return line;
    }

    /** Where files of the ends go: memory, if there is a place for files in memory. */
    static Path scratch() {
        Path memory = Path.of("/dev/shm");
        return Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    }

    private static void delete(Path directory) throws IOException {
        if (Files.isDirectory(directory, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                for (Path entry : entries) {
                    delete(entry);
                }
            }
        }
        Files.deleteIfExists(directory);
    }
}
