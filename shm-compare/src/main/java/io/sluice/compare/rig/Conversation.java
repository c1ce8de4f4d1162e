package io.sluice.compare.rig;

import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.SharedWords;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** The initiator's side of the link: messages in sequence, and markers between them. */
final class Conversation {
    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Link link;
    private final SharedWords words;
    private final Payload outgoing;
    private final Payload incoming;
    private long sequence;

    Conversation(Link link, SharedWords words, Workload workload) {
        this.link = link;
        this.words = words;
        this.outgoing = new Payload(workload.size(), workload.touchedBytes());
        this.incoming = new Payload(workload.size(), workload.touchedBytes());
    }

    /** Returns a histogram for times up to a minute; longer ones are recorded as a minute. */
    static Histogram histogram() {
        return new Histogram(1, HIGHEST_NANOS, 3);
    }

    static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.max(0, Math.min(nanos, HIGHEST_NANOS)));
    }

    void send() throws IOException {
        link.send(outgoing, sequence++);
    }

    void roundTrip() throws IOException {
        link.send(outgoing, sequence++);
        link.receive(incoming, 1);
    }

    /** Makes round trips that nobody times, and returns how many. */
    long roundTrips(int n) throws IOException {
        for (int i = 0; i < n; i++) {
            roundTrip();
        }
        return n;
    }

    /** Sends a marker to the responder. Its reply comes after those to all messages sent before. */
    void exchange(long marker) throws IOException {
        link.send(outgoing, marker);
        link.receive(incoming, 1);
        long answer = incoming.takeMarker();
        if (answer != marker) {
            throw new IOException("the other end answered " + answer + " to marker " + marker);
        }
    }

    /** Returns the number of the next message. */
    long sequence() {
        return sequence;
    }

    /** Returns the received messages' payload, which counts the errors. */
    Payload incoming() {
        return incoming;
    }

    /** Returns the words that both ends share, outside the link. */
    SharedWords words() {
        return words;
    }

    /** Returns the bytes of a message. */
    int size() {
        return outgoing.size();
    }

    Link link() {
        return link;
    }
}
