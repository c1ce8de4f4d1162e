package io.sluice.aeron;

import java.nio.file.Path;

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
        Path directory = Path.of(args[0]);
        try (EmbeddedArchive archive =
                EmbeddedArchive.launch(Path.of(args[0]), args[1], args[2], 1 << 20)) {
            System.out.println("ready");
            while (System.in.read() >= 0) {}
        }
    }
}
