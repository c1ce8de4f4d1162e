package io.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The threads of a stream of objects: the senders, and the receivers beside the measured one.
 * Messages received by any receiver count.
 */
final class ObjectStream {
    private static final long DEADLINE_SECONDS = 30;

    /** A receiver on a thread of its own. */
    private static final class Companion {
        private final ReceivingEnd end;
        private final ObjectTally tally;
        private final AtomicLong received = new AtomicLong();
        private final Thread thread;
        private volatile boolean stopped;
        private volatile Throwable failure;

        Companion(ReceivingEnd end, ObjectTally tally, int number, int senders) {
            this.end = end;
            this.tally = tally;
            thread =
                    Thread.ofPlatform()
                            .daemon()
                            .name("receiver-" + number)
                            .start(() -> run(number, senders));
        }

        private void run(int number, int senders) {
            try {
                Cpus.pinBesideMeasured(number, senders);
                while (!stopped) {
                    if (end.poll(ReceivingEnd.BATCH) == 0) {
                        Thread.onSpinWait();
                    } else {
                        received.setOpaque(tally.received());
                    }
                }
            } catch (Throwable t) {
                failure = t;
            } finally {
                received.setOpaque(tally.received());
                end.leave();
            }
        }
    }

    private final ReceivingEnd end;
    private final ObjectTally tally;
    private final List<Stream> senders = new ArrayList<>();
    private final List<Companion> companions = new ArrayList<>();
    private long due;

    /** Starts all but the measured receiver, which is the caller. */
    ObjectStream(ObjectSubject subject, Topology topology) {
        tally = new ObjectTally(topology);
        end = subject.receiver(tally);
        for (int i = 1; i < topology.receivers(); i++) {
            ObjectTally its = new ObjectTally(topology);
            companions.add(new Companion(subject.receiver(its), its, i, topology.senders()));
        }
        for (int i = 0; i < topology.senders(); i++) {
            senders.add(new Stream(subject.sender(i), i));
        }
    }

    /**
     * Receives until all receivers together have received the given number of further messages.
     * Returns at once if the other receivers have already received that many.
     */
    void receive(int messages) {
        due += messages;
        long others = others();
        for (int idle = 0; tally.received() + others < due; ) {
            long left = due - tally.received() - others;
            int count = end.poll((int) Math.min(ReceivingEnd.BATCH, left));
            if (count == 0) {
                Thread.onSpinWait();
                if (++idle % (1 << 20) == 0) {
                    check();
                }
            }
            others = others();
        }
    }

    private long others() {
        long received = 0;
        for (Companion companion : companions) {
            received += companion.received.getOpaque();
        }
        return received;
    }

    /** Returns the number of messages that all receivers have received; exact once stopped. */
    long received() {
        return tally.received() + others();
    }

    private void check() {
        senders.forEach(Stream::check);
        for (Companion companion : companions) {
            if (companion.failure != null) {
                throw new IllegalStateException("a receiver failed", companion.failure);
            }
        }
    }

    /** Stops all threads. Messages in flight are lost. */
    void stop() throws InterruptedException {
        senders.forEach(Stream::askToStop);
        companions.forEach(companion -> companion.stopped = true);
        end.leave(); // Unblocks senders that wait for room.
        for (Stream sender : senders) {
            sender.stop();
        }
        for (Companion companion : companions) { // Unblocked by the senders' close.
            companion.thread.join(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
            if (companion.thread.isAlive()) {
                throw new IllegalStateException("a receiver does not stop");
            }
        }
        check();
    }
}
