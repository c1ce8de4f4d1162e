package io.sluice.compare.transport;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What both ends have sent and received, in words that both map: an end that waits for the other's
 * count makes no system call. One thread an end.
 */
final class Counts {
    private static final String FILE = "words";

    private final SharedWords words;
    private final int written;
    private final int peerWritten;
    private final int read;
    private final int peerRead;

    /** How many messages this end has sent. */
    long sent;

    /** How many it has received. */
    long received;

    Counts(Path directory, Role role) throws IOException {
        words = words(directory);
        written = role.ordinal();
        peerWritten = 1 - written;
        read = 2 + written;
        peerRead = 2 + peerWritten;
    }

    static void create(Path directory) throws IOException {
        SharedWords.create(directory.resolve(FILE));
    }

    static SharedWords words(Path directory) throws IOException {
        return SharedWords.open(directory.resolve(FILE));
    }

    /** Spins until the other end has received all but so many. */
    void awaitRoom(long room) {
        while (sent - words.get(peerRead) >= room) {
            Thread.onSpinWait();
        }
    }

    /** Spins until the other end has sent one more. */
    void awaitMessage() {
        while (words.get(peerWritten) == received) {
            Thread.onSpinWait();
        }
    }

    void countSent() {
        words.set(written, ++sent);
    }

    void countReceived() {
        words.set(read, ++received);
    }
}
