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
 * @param after how many messages that end has sent in the measured block when it happens; for a
 *     pause, how many nanoseconds of the block are over
 * @param nanos how long a pause is
 */
public record Fault(Kind kind, Side side, long after, long nanos) {
    /** What may go wrong. */
    public enum Kind {
        /** The end does nothing for a while before it receives. */
        PAUSE,
        /** A message is not sent. */
        DROP,
        /** A message is sent twice. */
        DUPLICATE,
        /** A bit of a message changes. */
        FLIP
    }

    /**
     * A pause of the responder: of whatever pattern, it receives. By time, not by messages, because
     * a block may hold few of those.
     *
     * @param afterNs when it begins, from the beginning of the block
     * @param nanos how long it is
     * @return the fault
     */
    public static Fault pause(long afterNs, long nanos) {
        return new Fault(Kind.PAUSE, Side.RESPONDER, afterNs, nanos);
    }

    /** Wraps a link so that this happens to it once. */
    Faulty into(Link link) {
        return new Faulty(link);
    }

    /** A link to which it happens. */
    final class Faulty implements Link {
        private final Link link;
        private long countdown = -1;
        private long due;
        private boolean waiting;
        private long pausedNs;

        private Faulty(Link link) {
            this.link = link;
        }

        /** How long the pause was; 0 if there has been none. */
        long pausedNs() {
            return pausedNs;
        }

        @Override
        public void send(Payload payload, long sequence) throws IOException {
            if (sequence == Marker.BEGIN) {
                countdown = after;
                due = System.nanoTime() + after;
                waiting = kind == Kind.PAUSE;
            } else if (kind != Kind.PAUSE && sequence >= 0 && countdown >= 0 && countdown-- == 0) {
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
                default:
                    payload.damageNext();
            }
            link.send(payload, sequence);
        }

        @Override
        public void receive(Payload payload, int limit) throws IOException {
            if (waiting && System.nanoTime() - due >= 0) {
                waiting = false;
                pause();
            }
            link.receive(payload, limit);
        }

        private void pause() {
            long start = System.nanoTime();
            long now = start;
            while (now - start < nanos) {
                LockSupport.parkNanos(nanos - (now - start));
                now = System.nanoTime();
            }
            pausedNs = now - start;
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
}
