package io.sluice.compare.rig;

import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.Role;
import java.io.IOException;

/**
 * An injected fault, to verify that the rig detects it, or to show its effect on the numbers.
 *
 * @param kind the kind of fault
 * @param side at which end
 * @param after how many messages that end has sent in the measured block when it happens; for a
 *     pause, how many nanoseconds of the block are over
 * @param nanos how long a pause is
 */
public record Fault(FaultKind kind, Role side, long after, long nanos) {
    /** The kinds of faults. */
    public enum FaultKind {
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
     * Returns a pause of the responder, which receives in every pattern. It starts by time, not by
     * messages, because a block may contain few messages.
     *
     * @param afterNs when it begins, from the beginning of the block
     * @param nanos how long it is
     * @return the fault
     */
    public static Fault pause(long afterNs, long nanos) {
        return new Fault(FaultKind.PAUSE, Role.RESPONDER, afterNs, nanos);
    }

    /** A link with the fault, which happens once. */
    final class FaultyLink implements Link {
        private final Link link;
        private long countdown = -1;
        private long due;
        private boolean waiting;
        private long pausedNs;

        FaultyLink(Link link) {
            this.link = link;
        }

        /** Returns the length of the pause; 0 if there was none. */
        long pausedNs() {
            return pausedNs;
        }

        @Override
        public void send(Payload payload, long sequence) throws IOException {
            if (sequence == Marker.BEGIN) {
                countdown = after;
                due = System.nanoTime() + after;
                waiting = kind == FaultKind.PAUSE;
            } else if (kind != FaultKind.PAUSE
                    && sequence >= 0
                    && countdown >= 0
                    && countdown-- == 0) {
                inject(payload, sequence);
                return;
            }
            link.send(payload, sequence);
        }

        private void inject(Payload payload, long sequence) throws IOException {
            if (kind == FaultKind.FLIP) {
                payload.corruptNext();
            } else if (kind == FaultKind.DUPLICATE) {
                link.send(payload, sequence);
            }
            if (kind != FaultKind.DROP) {
                link.send(payload, sequence);
            }
        }

        @Override
        public void receive(Payload payload, int limit) throws IOException {
            if (waiting && System.nanoTime() - due >= 0) {
                waiting = false;
                long start = System.nanoTime();
                pausedNs = Pause.until(start + nanos) - start;
            }
            link.receive(payload, limit);
        }

        @Override
        public void batch(int messages) {
            link.batch(messages);
        }

        @Override
        public void flush() throws IOException {
            link.flush();
        }

        @Override
        public long capacity() throws IOException {
            return link.capacity();
        }

        @Override
        public long memory() throws IOException {
            return link.memory();
        }

        @Override
        public void close() {
            link.close();
        }
    }
}
