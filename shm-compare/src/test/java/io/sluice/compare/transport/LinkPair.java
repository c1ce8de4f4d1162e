package io.sluice.compare.transport;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Both ends of a mechanism in this process, a thread each, and the coordinator's part. */
final class LinkPair implements AutoCloseable {
    /** Other processes may run the same tests at the same time. */
    static final String PREFIX = "shm-compare-test-" + ProcessHandle.current().pid() + "-";

    private static final long DEADLINE_SECONDS = 30;

    /** What one end does. */
    interface LinkTask {
        void run(Link link) throws Exception;
    }

    private final String what;
    private final Path directory;
    private final Transport.Prepared prepared;
    private final List<EndThread> threads =
            List.of(new EndThread("initiator"), new EndThread("responder"));
    private Link initiator;
    private Link responder;

    LinkPair(Transport transport, int size) throws Exception {
        what = transport.name() + " with " + size + " bytes";
        directory = directory();
        prepared = transport.prepare(directory);
        String address = prepared.address();
        try {
            runTogether(
                    () -> initiator = transport.open(Role.INITIATOR, directory, address, size),
                    () -> responder = transport.open(Role.RESPONDER, directory, address, size));
        } catch (Throwable t) {
            prepared.release().run();
            close();
            throw t;
        }
        prepared.release().run();
    }

    static Path directory() throws IOException {
        Path memory = Path.of("/dev/shm");
        Path scratch =
                Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
        return Files.createTempDirectory(scratch, PREFIX);
    }

    Link initiator() {
        return initiator;
    }

    Link responder() {
        return responder;
    }

    /** Runs both until they are done; on a timeout reports where they are. */
    void run(LinkTask first, LinkTask second) throws Exception {
        runTogether(() -> first.run(initiator), () -> second.run(responder));
    }

    private interface Step {
        void run() throws Exception;
    }

    private void runTogether(Step first, Step second) {
        CompletableFuture<Void> one = new CompletableFuture<>();
        CompletableFuture<Void> two = new CompletableFuture<>();
        CompletableFuture<Void> failed = new CompletableFuture<>();
        threads.get(0).start(first, one, failed);
        threads.get(1).start(second, two, failed);
        try {
            CompletableFuture.anyOf(failed, CompletableFuture.allOf(one, two))
                    .get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            String state = where(threads.get(0).thread) + "\n" + where(threads.get(1).thread);
            throw new AssertionError(what + " did not end in time\n" + state, e);
        } catch (ExecutionException e) {
            throw new AssertionError(what + ": " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(what + " was interrupted", e);
        }
    }

    /** The one thread that uses an end. */
    private static final class EndThread {
        private final BlockingQueue<Runnable> steps = new LinkedBlockingQueue<>();
        private final Thread thread;
        private boolean stopped;

        EndThread(String name) {
            thread = Thread.ofPlatform().daemon().name(name).start(this::run);
        }

        private void run() {
            try {
                while (!stopped) {
                    steps.take().run();
                }
            } catch (InterruptedException e) {
                // Not expected; the deadline shows it.
            }
        }

        void start(Step step, CompletableFuture<Void> done, CompletableFuture<Void> failed) {
            steps.add(
                    () -> {
                        try {
                            step.run();
                            done.complete(null);
                        } catch (Throwable t) {
                            failed.completeExceptionally(t);
                        }
                    });
        }

        void stop() {
            steps.add(() -> stopped = true);
        }
    }

    private static String where(Thread thread) {
        return Thread.getAllStackTraces().getOrDefault(thread, new StackTraceElement[0]).length == 0
                ? thread.getName() + " is done"
                : java.util.Arrays.stream(thread.getStackTrace())
                        .map(frame -> "    " + frame)
                        .collect(Collectors.joining("\n", thread.getName() + " is at\n", ""));
    }

    private static void close(Link end) {
        if (end != null) {
            end.close();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            runTogether(() -> close(initiator), () -> close(responder));
        } finally {
            threads.forEach(EndThread::stop);
            prepared.remove().run();
            delete(directory);
        }
    }

    static void delete(Path directory) throws IOException {
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                for (Path entry : entries) {
                    delete(entry);
                }
            }
        }
        Files.deleteIfExists(directory);
    }
}
