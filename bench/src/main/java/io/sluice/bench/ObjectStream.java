package io.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The threads of a stream of objects: the senders, and the receivers beside the measured one.
 * Messages received by any receiver count.
 *
 * <p>Threads of the same role that share a CPU yield when they can do nothing. If they spun, then
 * after each switch of threads one would spin for the rest of its slice, because the other holds
 * the message that the ring waits for.
 */
final class ObjectStream {
    private static final long DEADLINE_SECONDS = 30;

    /** A receiver on a thread of its own. */
    private static final class ReceiverThread {
        private final SubjectReceiver end;
        private final ObjectTally tally;
        private final boolean sharesCpu;
        private final AtomicLong received = new AtomicLong();
        private final Thread thread;
        private volatile boolean stopped;
        private volatile Throwable failure;

        ReceiverThread(SubjectReceiver end, ObjectTally tally, int number, Topology topology) {
            this.end = end;
            this.tally = tally;
            this.sharesCpu = Cpus.measuredSharesCpu(topology.receivers(), topology.senders());
            thread =
                    Thread.ofPlatform()
                            .daemon()
                            .name("receiver-" + number)
                            .start(() -> run(number, topology.senders()));
        }

        private void run(int number, int senders) {
            try {
                Cpus.pinBesideMeasured(number, senders);
                while (!stopped) {
                    if (end.poll(SubjectReceiver.BATCH) == 0) {
                        Cpus.pause(sharesCpu);
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
    private final boolean sharesCpu;
    private long expected;

    /** Starts all but the measured receiver, which is the caller. */
    ObjectStream(ObjectSubject subject, Topology topology) {
        sharesCpu = Cpus.measuredSharesCpu(topology.receivers(), topology.senders());
        tally = new ObjectTally(topology);
        end = subject.receiver(tally);
        for (int i = 1; i < topology.receivers(); i++) {
            ObjectTally its = new ObjectTally(topology);
            receiverThreads.add(new ReceiverThread(subject.receiver(its), its, i, topology));
        }
        for (int i = 0; i < topology.senders(); i++) {
            boolean shared = Cpus.othersShareCpu(topology.senders());
            senders.add(new SenderThread(subject.sender(i), i, shared));
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
                Cpus.pause(sharesCpu);
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
