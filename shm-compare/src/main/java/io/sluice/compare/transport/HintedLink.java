package io.sluice.compare.transport;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A link through the kernel whose ends never sleep, which removes the waiting from the kernel's
 * cost and keeps the rest: the sender sends, and then increments a word in shared memory; the
 * receiver spins on that word until it changes, and only then receives, so that no call blocks,
 * fails or contends for a lock. The sender likewise waits for the receiver's count while there may
 * be no room.
 */
final class HintedLink implements Link {
    static final String WORDS = "words";

    private final Link link;
    private final SharedWords words;
    private final int written;
    private final int peerWritten;
    private final int read;
    private final int peerRead;
    private final long room;
    private final boolean spins;
    private long sent;
    private long received;

    /**
     * Joins a link and the words in the directory; the link holds as many messages as {@code room}.
     * Without {@code spins} the receiver sleeps in the kernel, and the words only keep the sender
     * from sending more than that.
     */
    HintedLink(Link link, Path directory, Role role, long room, boolean spins) throws IOException {
        this.link = link;
        this.words = SharedWords.open(directory.resolve(WORDS));
        this.room = room;
        this.spins = spins;
        boolean initiator = role == Role.INITIATOR;
        this.written = initiator ? 0 : 1;
        this.peerWritten = initiator ? 1 : 0;
        this.read = initiator ? 2 : 3;
        this.peerRead = initiator ? 3 : 2;
    }

    @Override
    public void send(Payload payload, long sequence) throws IOException {
        while (sent - words.get(peerRead) >= room) {
            Thread.onSpinWait();
        }
        link.send(payload, sequence);
        words.set(written, ++sent);
    }

    @Override
    public void receive(Payload payload, int limit) throws IOException {
        while (spins && words.get(peerWritten) == received) {
            Thread.onSpinWait();
        }
        link.receive(payload, limit);
        words.set(read, ++received);
    }

    @Override
    public long capacity() throws IOException {
        return link.capacity();
    }

    @Override
    public void close() {
        link.close();
    }

    /** An end that spins on a word is not notified. */
    static final Traits.Ending ENDING =
            new Traits.Ending(
                    false,
                    "No notification: the other end polls a word that does not change.",
                    "Nothing: a file of words in the run's directory, which the coordinator removes.",
                    "Until the last descriptor is closed.");
}
