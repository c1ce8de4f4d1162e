package io.sluice.compare.rig;

import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.SharedWords;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * One end's side of a link: messages in sequence, markers between them, and what the ends share
 * outside the link.
 */
final class Conversation {
    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(60);

    final Link link;

    /** Words that both ends share. */
    final SharedWords words;

    /** When messages arrive; null if no workload records it. */
    final Arrivals arrivals;

    final Payload outgoing;

    /** The received messages' payload, which counts the errors. */
    final Payload incoming;

    /** The number of the next message. */
    long sequence;

    Conversation(Link link, EndTask.Place place, PairPlan plan) throws IOException {
        this.link = link;
        this.words = place.words();
        this.arrivals = plan.hasArrivals() ? Arrivals.open(place.path()) : null;
        this.outgoing = plan.workload().payload();
        this.incoming = plan.workload().payload();
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

    /** Receives up to so many messages; returns the marker that has come, or 0. */
    long receive(int limit) throws IOException {
        link.receive(incoming, limit);
        return incoming.takeMarker();
    }

    void roundTrip() throws IOException {
        link.send(outgoing, sequence++);
        link.receive(incoming, 1);
    }

    /** Makes untimed round trips, and returns how many. */
    long roundTrips(int n) throws IOException {
        for (int i = 0; i < n; i++) {
            roundTrip();
        }
        return n;
    }

    /** Sends a marker to the responder. Its reply comes after those to all messages sent before. */
    void exchange(long marker) throws IOException {
        link.send(outgoing, marker);
        long answer = receive(1);
        if (answer != marker) {
            throw new IOException("the other end answered " + answer + " to marker " + marker);
        }
    }
}
