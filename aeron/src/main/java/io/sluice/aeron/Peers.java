package io.sluice.aeron;

import io.aeron.Image;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The senders of a stream as one receiver sees them: which have ended it, and which were lost.
 *
 * <p>A sender has ended its part when its image is at the end of the stream, or disappears there.
 * An image that disappears elsewhere is a lost peer. Until another sender has connected after that,
 * the stream has no end: the lost one has not announced it.
 *
 * <p>What was lost is a difference of positions: a sender that is found again continues at a later
 * one.
 *
 * <p>The methods {@code on…} are called by the conductor of the Aeron client, one at a time; the
 * others by the receiver's thread.
 */
final class Peers {
    private final String receiver;
    private final List<Image> connected = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedQueue<String> lost = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Integer> gone = new ConcurrentLinkedQueue<>();

    /** Where the images of lost senders have ended, by session. */
    private final Map<Integer, Long> positions = new HashMap<>();

    /** Whether a sender has connected, and none was lost after the last one that did. */
    private volatile boolean mayEnd;

    /** Whether a sender has gone: all that a poll which finds nothing reads of this. */
    private volatile boolean changed;

    private volatile long lostBytes;

    Peers(String receiver) {
        this.receiver = receiver;
    }

    void onAvailable(Image image) {
        Long position = positions.remove(image.sessionId());
        if (position != null && image.joinPosition() > position) {
            lostBytes += image.joinPosition() - position;
        }
        connected.add(image);
        mayEnd = true;
    }

    void onUnavailable(Image image) {
        boolean ended = image.isEndOfStream() && !image.isPublicationRevoked();
        if (!ended && !image.subscription().isClosed()) {
            positions.put(image.sessionId(), image.position());
            mayEnd = false;
            lost.add(
                    "%s has lost the sender %s at position %s without an end of the stream: what it sent last may be missing"
                            .formatted(receiver, image.sourceIdentity(), image.position()));
        }
        gone.add(image.sessionId());
        connected.remove(image); // While it is there the stream has not ended.
        changed = true;
    }

    /** Tests whether a sender has gone since {@link #beginChange}. */
    boolean hasChanged() {
        return changed;
    }

    /** Begins to look at which senders have gone. */
    void beginChange() {
        changed = false;
    }

    /**
     * Tells that a sender was lost, once for each. Call it after a poll that found nothing.
     *
     * @throws PeerLostException if one was
     */
    void throwLost() {
        String message = lost.poll();
        if (message != null) {
            changed |= !lost.isEmpty();
            throw new PeerLostException(message);
        }
    }

    /** Tests whether all senders have ended the stream, and all that they have sent was polled. */
    boolean haveEnded() {
        if (!mayEnd) {
            return false;
        }
        for (int i = 0; i < connected.size(); i++) { // Without an iterator: allocates nothing.
            try {
                if (!connected.get(i).isEndOfStream()) {
                    return false;
                }
            } catch (IndexOutOfBoundsException e) {
                return false; // Its disappearance is looked at by the next call.
            }
        }
        // Again: an image that has disappeared meanwhile may be lost.
        return lost.isEmpty() && mayEnd;
    }

    /** Returns the session of a sender that has gone, once for each, or null. */
    Integer pollGone() {
        return gone.poll();
    }

    long lostBytes() {
        return lostBytes;
    }
}
