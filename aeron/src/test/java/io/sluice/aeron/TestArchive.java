package io.sluice.aeron;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** An archive in a process of its own, which can be killed, on a media driver in another one. */
@SuppressWarnings("try") // It is only to be closed.
final class TestArchive {
    private TestArchive() {}

    /**
     * Runs until stdin ends; launches another one where Aeron has closed the client of the last.
     *
     * @param args the directory of recordings, that of the media driver, the channel of requests
     */
    public static void main(String[] args) {
        Thread.ofPlatform().daemon().start(TestArchive::haltAtEndOfStdin);
        EmbeddedArchive archive = launch(Path.of(args[0]), args[1], args[2]);
        System.out.println("ready");
        while (true) {
            if (!archive.isAlive()) {
                System.err.println("launched again: its client was closed");
                archive.close();
                archive = launch(Path.of(args[0]), args[1], args[2]);
            }
            pause();
        }
    }

    private static void haltAtEndOfStdin() {
        try {
            while (System.in.read() >= 0) {}
        } catch (IOException e) {
            // As at its end.
        }
        Runtime.getRuntime().halt(0);
    }

    private static void pause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
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
                pause();
            }
        }
    }
}
