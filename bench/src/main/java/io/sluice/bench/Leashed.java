package io.sluice.bench;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A subject without a bound, which would grow for ever: its senders stay within reach of what was
 * received. They look so rarely that it costs nothing that is seen.
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

    /** All senders are taken to be as far as this one. */
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
