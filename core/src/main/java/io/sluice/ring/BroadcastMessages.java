package io.sluice.ring;

import io.sluice.MessageHandler;
import io.sluice.ring.RingFlavor.LanePeek;

/**
 * The messages of a broadcast lane that are intact, as a lossy receiver reads them: it posts
 * nothing, and the sender does not know of it.
 *
 * @param receiver the receiver, which is never attached
 */
record BroadcastMessages(LossyRingReceiver receiver) implements LanePeek {
    @Override
    public int peek(MessageHandler handler, int limit) {
        return receiver.poll(handler, limit, Integer.MAX_VALUE);
    }

    @Override
    public boolean isTaken() {
        return false;
    }

    @Override
    public long missedBytes() {
        return receiver.lostBytes();
    }
}
