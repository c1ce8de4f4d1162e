package io.sluice.compare.transport;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Both ends of a mechanism in this process, a thread each, and the coordinator's part. */
final class TwoEnds implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 30;

    /** What one end does. */
    interface Task {
        void run(Link link) throws Exception;
    }

    private final String what;
    private final Path directory;
    private final Transport.Prepared prepared;
    private Link initiator;
    private Link responder;

    TwoEnds(Transport transport, int size) throws Exception {
        what = transport.name() + " with " + size + " bytes";
        directory = directory();
        prepared = transport.prepare(directory);
        String address = prepared.address();
        together(
                () -> initiator = transport.open(Side.INITIATOR, directory, address, size),
                () -> responder = transport.open(Side.RESPONDER, directory, address, size));
        prepared.release().run();
    }

    static Path directory() throws IOException {
        Path memory = Path.of("/dev/shm");
        Path scratch =
                Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
        return Files.createTempDirectory(scratch, "shm-compare-test-");
    }

    Link initiator() {
        return initiator;
    }

    Link responder() {
        return responder;
    }

    /** Runs both until they are done; says where they are if they are not in time. */
    void run(Task first, Task second) throws Exception {
        together(() -> first.run(initiator), () -> second.run(responder));
    }

    private interface Step {
        void run() throws Exception;
    }

    private void together(Step first, Step second) throws Exception {
        CompletableFuture<Void> failed = new CompletableFuture<>();
        Thread one = start("initiator", first, failed);
        Thread two = start("responder", second, failed);
        CompletableFuture<Void> both =
                CompletableFuture.runAsync(
                        () -> {
                            try {
                                one.join();
                                two.join();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        try {
            CompletableFuture.anyOf(failed, both).get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            if (failed.isDone()) {
                failed.get();
            }
        } catch (TimeoutException e) {
            String state = where(one) + "\n" + where(two);
            throw new AssertionError(what + " did not end in time\n" + state, e);
        } catch (ExecutionException e) {
            throw new AssertionError(what + ": " + e.getCause(), e.getCause());
        }
    }

    private static String where(Thread thread) {
        return Thread.getAllStackTraces().getOrDefault(thread, new StackTraceElement[0]).length == 0
                ? thread.getName() + " is done"
                : java.util.Arrays.stream(thread.getStackTrace())
                        .map(frame -> "    " + frame)
                        .collect(Collectors.joining("\n", thread.getName() + " is at\n", ""));
    }

    private static Thread start(String name, Step step, CompletableFuture<Void> failed) {
        return Thread.ofPlatform()
                .daemon()
                .name(name)
                .start(
                        () -> {
                            try {
                                step.run();
                            } catch (Throwable t) {
                                failed.completeExceptionally(t);
                            }
                        });
    }

    @Override
    public void close() throws IOException {
        if (initiator != null) {
            initiator.close();
        }
        if (responder != null) {
            responder.close();
        }
        prepared.remove().run();
        delete(directory);
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
