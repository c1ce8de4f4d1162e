package io.sluice.aeron;

import io.sluice.ChannelException;

/**
 * Thrown if a peer, its machine, its media driver or the network between has vanished without an
 * end of the stream, so that the outcome is unknown: what the peer sent last may not have arrived,
 * and what was sent to it may not have been received.
 *
 * <p>A timer of Aeron decides that, so it may be wrong: the peer may be alive and come back. A
 * receiver throws it once for each peer that it lost, after the messages that had arrived; its
 * later calls continue with other senders, and with this one if it comes back.
 */
public final class PeerLostException extends ChannelException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message the channel, and what was lost
     */
    public PeerLostException(String message) {
        super(message);
    }
}
