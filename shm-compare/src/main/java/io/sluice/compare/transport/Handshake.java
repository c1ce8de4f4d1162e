package io.sluice.compare.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** How one end publishes its address to the other, while they open: a file in their directory. */
public final class Handshake {
    /** Longer than the coordinator lets a start take: on a busy machine it decides. */
    private static final long TIMEOUT_SECONDS = 60;

    private Handshake() {}

    /** Publishes the text. The file appears atomically. */
    public static void publish(Path directory, String name, String text) throws IOException {
        Path unfinished = directory.resolve(name + ".new");
        Files.writeString(unfinished, text);
        Files.move(unfinished, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Waits for the text. */
    public static String await(Path directory, String name) throws IOException {
        Path file = directory.resolve(name);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (!Files.exists(file)) {
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        "the other end did not say its '%s' within %d s"
                                .formatted(name, TIMEOUT_SECONDS));
            }
            LockSupport.parkNanos(1_000_000);
        }
        return Files.readString(file);
    }
}
