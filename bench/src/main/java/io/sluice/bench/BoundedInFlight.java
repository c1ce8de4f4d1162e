package io.sluice.bench;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the messages in flight of an unbounded subject, which would grow without limit. The
 * senders read the receivers' counts so rarely that the cost is not measurable.
 */
final class BoundedInFlight implements ObjectSubject {
    private static final int MAX_IN_FLIGHT = Message.COUNT / 4;
    private static final int CHECK_INTERVAL = 1024;

    private final ObjectSubject subject;
    private final int senders;
    private final List<AtomicLong> received = new CopyOnWriteArrayList<>();

    /** Holds back the senders of a subject, as many as the topology has. */
    BoundedInFlight(ObjectSubject subject, Topology topology) {
        this.subject = subject;
        this.senders = topology.senders();
    }

    /** Assumes that all senders have sent as many as this one. */
    private boolean isOverLimit(long sequence) {
        long all = 0;
        for (AtomicLong each : received) {
            all += each.getOpaque();
        }
        return sequence * senders - all > MAX_IN_FLIGHT;
    }

    @Override
    public SubjectSender sender(int number) {
        SubjectSender end = subject.sender(number);
        return sequence ->
                (sequence % CHECK_INTERVAL != 0 || !isOverLimit(sequence)) && end.trySend(sequence);
    }

    @Override
    public SubjectReceiver receiver(ObjectTally tally) {
        AtomicLong own = new AtomicLong();
        received.add(own);
        SubjectReceiver end = subject.receiver(tally);
        return limit -> {
            int count = end.poll(limit);
            own.setOpaque(own.getPlain() + count);
            return count;
        };
    }
}
