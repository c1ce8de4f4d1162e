package io.sluice.aeron;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** An archive in a process of its own, which can be killed, on a media driver in another one. */
@SuppressWarnings("try") // It is only to be closed.
final class TestArchive {
    private TestArchive() {}

    /**
     * Runs until stdin ends.
     *
     * @param args the directory of recordings, that of the media driver, the channel of requests
     */
    public static void main(String[] args) throws Exception {
        try (EmbeddedArchive archive = launch(Path.of(args[0]), args[1], args[2])) {
            System.out.println("ready");
            while (System.in.read() >= 0) {}
        }
    }

    /**
     * Launches it as a supervisor would: again if Aeron's client fails, as it does now and then.
     */
    private static EmbeddedArchive launch(Path recordings, String driver, String requests) {
        while (true) {
            try {
                return EmbeddedArchive.launch(recordings, driver, requests, 1 << 20);
            } catch (RuntimeException e) {
                System.err.println("launched again: " + e);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }
}
