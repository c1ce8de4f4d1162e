package io.sluice.compare.transport;

import io.sluice.compare.transport.CopyLink.TransferCalls;
import java.io.IOException;

/**
 * A link through the kernel whose ends never sleep, which removes the waiting from the kernel's
 * cost and keeps the rest: the sender sends, and then increments a word in shared memory; the
 * receiver spins on that word until it changes, and only then receives, so that no call blocks,
 * fails or contends for a lock. The sender likewise waits for the receiver's count while there may
 * be no room.
 */
final class HintedLink extends CopyLink {
    private final Counts counts;
    private final long room;
    private final boolean spins;

    /**
     * Creates one over ends that hold as many messages as {@code room}. Without {@code spins} the
     * receiver sleeps in the kernel, and the counts only keep the sender from sending more than
     * that.
     */
    HintedLink(
            Descriptors ends,
            TransferCalls calls,
            int size,
            Counts counts,
            long room,
            boolean spins) {
        super(ends, calls, size);
        this.counts = counts;
        this.room = room;
        this.spins = spins;
    }

    @Override
    public void send(Payload payload, long sequence) throws IOException {
        counts.awaitRoom(room);
        super.send(payload, sequence);
        counts.countSent();
    }

    @Override
    public void receive(Payload payload, int limit) throws IOException {
        if (spins) {
            counts.awaitMessage();
        }
        super.receive(payload, limit);
        counts.countReceived();
    }
}
