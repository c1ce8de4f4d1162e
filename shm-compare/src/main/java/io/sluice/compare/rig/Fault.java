package io.sluice.compare.rig;

import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.Side;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * Something that goes wrong on purpose, to see that the rig finds it, or to show what it does to
 * the numbers.
 *
 * @param kind what goes wrong
 * @param side at which end
 * @param after how many messages that end has sent in the measured block when it happens
 * @param nanos how long a pause is
 */
public record Fault(Kind kind, Side side, long after, long nanos) {
    /** What may go wrong. */
    public enum Kind {
        /** The end does nothing for a while before it sends. */
        PAUSE,
        /** A message is not sent. */
        DROP,
        /** A message is sent twice. */
        DUPLICATE,
        /** A bit of a message changes. */
        FLIP
    }

    /** A pause of the responder, after so many messages. */
    public static Fault pause(long after, long nanos) {
        return new Fault(Kind.PAUSE, Side.RESPONDER, after, nanos);
    }

    /** Wraps a link so that this happens to it once. */
    Link into(Link link) {
        return new Link() {
            private long countdown = -1;

            @Override
            public void send(Payload payload, long sequence) throws IOException {
                if (sequence == Marker.BEGIN) {
                    countdown = after;
                } else if (sequence >= 0 && countdown >= 0 && countdown-- == 0) {
                    happen(payload, sequence);
                    return;
                }
                link.send(payload, sequence);
            }

            private void happen(Payload payload, long sequence) throws IOException {
                switch (kind) {
                    case DROP:
                        return;
                    case DUPLICATE:
                        link.send(payload, sequence);
                        break;
                    case FLIP:
                        payload.damageNext();
                        break;
                    default:
                        long end = System.nanoTime() + nanos;
                        while (System.nanoTime() < end) {
                            LockSupport.parkNanos(end - System.nanoTime());
                        }
                }
                link.send(payload, sequence);
            }

            @Override
            public void receive(Payload payload, int limit) throws IOException {
                link.receive(payload, limit);
            }

            @Override
            public long capacity() throws IOException {
                return link.capacity();
            }

            @Override
            public void close() {
                link.close();
            }
        };
    }
}
