package io.sluice.compare.transport;

import java.io.IOException;

/**
 * A link through the kernel whose ends never sleep, which removes the waiting from the kernel's
 * cost and keeps the rest: the sender sends, and then increments a word in shared memory; the
 * receiver spins on that word until it changes, and only then receives, so that no call blocks,
 * fails or contends for a lock. The sender likewise waits for the receiver's count while there may
 * be no room.
 */
final class HintedLink implements Link {
    private final Link link;
    private final Counts counts;
    private final long room;
    private final boolean spins;

    /**
     * Joins a link and counts; the link holds as many messages as {@code room}. Without {@code
     * spins} the receiver sleeps in the kernel, and the counts only keep the sender from sending
     * more than that.
     */
    HintedLink(Link link, Counts counts, long room, boolean spins) {
        this.link = link;
        this.counts = counts;
        this.room = room;
        this.spins = spins;
    }

    @Override
    public void send(Payload payload, long sequence) throws IOException {
        counts.awaitRoom(room);
        link.send(payload, sequence);
        counts.countSent();
    }

    @Override
    public void receive(Payload payload, int limit) throws IOException {
        if (spins) {
            counts.awaitMessage();
        }
        link.receive(payload, limit);
        counts.countReceived();
    }

    @Override
    public long capacity() throws IOException {
        return link.capacity();
    }

    @Override
    public void close() {
        link.close();
    }
}
