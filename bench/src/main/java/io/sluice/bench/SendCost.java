package io.sluice.bench;

import java.util.Set;
import java.util.TreeSet;

/** The time that a send takes on one thread, which then receives what it has sent, untimed. */
final class SendCost {
    private final String subject;
    private final int size;
    private final int burst;
    private ByteSubject channel;
    private long sequence;

    SendCost(String subject, int size) {
        this.subject = subject;
        this.size = size;
        this.burst = ByteSubjects.CAPACITY / 2 / (size + 32);
    }

    /** Returns the subjects that do not block. */
    static Set<String> subjects() {
        Set<String> names = new TreeSet<>(ByteSubjects.ALL.keySet());
        names.removeIf(name -> name.matches(".*(sleep|rendezvous|kernel).*"));
        return names;
    }

    void open() {
        channel = ByteSubjects.of(subject, size);
        Cpus.pinMeasured();
    }

    double nanosPerSend(long nanos) {
        long count = 0;
        long spent = 0;
        long start = System.nanoTime();
        long now = start;
        while (now - start < nanos) {
            long before = System.nanoTime();
            int sent = sendBurst();
            spent += System.nanoTime() - before;
            count += sent;
            while (sent > 0) {
                sent -= channel.poll(sent);
            }
            now = System.nanoTime();
        }
        return (double) spent / count;
    }

    private int sendBurst() {
        int sent = 0;
        while (sent < burst && channel.trySend(sequence)) {
            sequence++;
            sent++;
        }
        return sent;
    }

    void close() {
        channel.close();
    }
}
