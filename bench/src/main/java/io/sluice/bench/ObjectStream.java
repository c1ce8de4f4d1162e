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
    private static final class ReceiverThread {
        private final SubjectReceiver end;
        private final ObjectTally tally;
        private final AtomicLong received = new AtomicLong();
        private final Thread thread;
        private volatile boolean stopped;
        private volatile Throwable failure;

        ReceiverThread(SubjectReceiver end, ObjectTally tally, int number, int senders) {
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
                    if (end.poll(SubjectReceiver.BATCH) == 0) {
                        Thread.onSpinWait();
                    } else {
                        received.setOpaque(tally.received());
                    }
                }
            } catch (Throwable t) {
                failure = t;
            } finally {
                received.setOpaque(tally.received());
                end.detach();
            }
        }
    }

    private final SubjectReceiver end;
    private final ObjectTally tally;
    private final List<SenderThread> senders = new ArrayList<>();
    private final List<ReceiverThread> receiverThreads = new ArrayList<>();
    private long expected;

    /** Starts all but the measured receiver, which is the caller. */
    ObjectStream(ObjectSubject subject, Topology topology) {
        tally = new ObjectTally(topology);
        end = subject.receiver(tally);
        for (int i = 1; i < topology.receivers(); i++) {
            ObjectTally its = new ObjectTally(topology);
            receiverThreads.add(
                    new ReceiverThread(subject.receiver(its), its, i, topology.senders()));
        }
        for (int i = 0; i < topology.senders(); i++) {
            senders.add(new SenderThread(subject.sender(i), i));
        }
    }

    /**
     * Receives until all receivers together have received the given number of further messages.
     * Returns at once if the other receivers have already received that many.
     */
    void receive(int messages) {
        expected += messages;
        long others = receivedByOthers();
        for (int idle = 0; tally.received() + others < expected; ) {
            long left = expected - tally.received() - others;
            int count = end.poll((int) Math.min(SubjectReceiver.BATCH, left));
            if (count == 0) {
                Thread.onSpinWait();
                if (++idle % (1 << 16) == 0) {
                    check();
                }
            }
            others = receivedByOthers();
        }
    }

    private long receivedByOthers() {
        long received = 0;
        for (ReceiverThread receiverThread : receiverThreads) {
            received += receiverThread.received.getOpaque();
        }
        return received;
    }

    /** Returns the number of messages that all receivers have received; exact once stopped. */
    long received() {
        return tally.received() + receivedByOthers();
    }

    private void check() {
        senders.forEach(SenderThread::check);
        for (ReceiverThread receiverThread : receiverThreads) {
            if (receiverThread.failure != null) {
                throw new IllegalStateException("a receiver failed", receiverThread.failure);
            }
        }
    }

    /** Stops all threads. Messages in flight are lost. */
    void stop() throws InterruptedException {
        senders.forEach(SenderThread::requestStop);
        receiverThreads.forEach(receiverThread -> receiverThread.stopped = true);
        end.detach(); // Unblocks senders that wait for room.
        for (SenderThread sender : senders) {
            sender.stop();
        }
        for (ReceiverThread receiverThread : receiverThreads) { // Unblocked by the senders' close.
            receiverThread.thread.join(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
            if (receiverThread.thread.isAlive()) {
                throw new IllegalStateException("a receiver does not stop");
            }
        }
        check();
    }
}
