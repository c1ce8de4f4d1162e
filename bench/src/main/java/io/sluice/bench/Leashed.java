package io.sluice.bench;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the messages in flight of an unbounded subject, which would grow without limit. The
 * senders read the receivers' counts so rarely that the cost is not measurable.
 */
final class Leashed implements ObjectSubject {
    private static final int MOST = Message.COUNT / 4;
    private static final int LOOK = 1024;

    private final ObjectSubject subject;
    private final int senders;
    private final List<AtomicLong> received = new CopyOnWriteArrayList<>();

    /** Holds back the senders of a subject, as many as the topology has. */
    Leashed(ObjectSubject subject, Topology topology) {
        this.subject = subject;
        this.senders = topology.senders();
    }

    /** Assumes that all senders have sent as many as this one. */
    private boolean isOutOfReach(long sequence) {
        long all = 0;
        for (AtomicLong each : received) {
            all += each.getOpaque();
        }
        return sequence * senders - all > MOST;
    }

    @Override
    public SendingEnd sender(int number) {
        SendingEnd end = subject.sender(number);
        return sequence ->
                (sequence % LOOK != 0 || !isOutOfReach(sequence)) && end.trySend(sequence);
    }

    @Override
    public ReceivingEnd receiver(ObjectTally tally) {
        AtomicLong own = new AtomicLong();
        received.add(own);
        ReceivingEnd end = subject.receiver(tally);
        return limit -> {
            int count = end.poll(limit);
            own.setOpaque(own.getPlain() + count);
            return count;
        };
    }
}
