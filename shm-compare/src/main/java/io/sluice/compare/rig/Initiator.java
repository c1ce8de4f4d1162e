package io.sluice.compare.rig;

import io.sluice.compare.kernel.ThreadUsage;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.SharedWords;
import io.sluice.os.Threads;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** The end that sends first, decides when a block is over, and holds the clock. */
final class Initiator {
    private static final int WARM_UP_BLOCK = 200;
    private static final long LEAST = 200;
    private static final long MOST = 20_000_000;
    private static final long HIGHEST_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Link link;
    private final SharedWords words;
    private final Payload outgoing;
    private final Payload incoming;
    private final boolean stream;
    private long sequence;

    Initiator(Link link, SharedWords words, int size, String pattern) {
        this.link = link;
        this.words = words;
        this.outgoing = new Payload(size);
        this.incoming = new Payload(size);
        this.stream = pattern.equals(Factors.STREAM);
    }

    EndpointResult run(long warmUpNs, long blockNs) throws IOException {
        double rate = warmUp(warmUpNs);
        long n = Math.max(LEAST, Math.min(MOST, (long) (rate * blockNs)));
        exchange(Marker.BEGIN);
        ThreadUsage before = ThreadUsage.now();
        EndpointResult result = stream ? stream(n, before) : roundTrips(n, before);
        exchange(Marker.FLOOR);
        double floor = LineFloor.initiate(words);
        exchange(Marker.STOP);
        return result.withFloor(floor);
    }

    /** Runs the very code that is measured; returns messages per nanosecond of its second half. */
    private double warmUp(long warmUpNs) throws IOException {
        Histogram unused = histogram();
        long start = System.nanoTime();
        long half = 0;
        long count = 0;
        long now;
        while ((now = System.nanoTime()) - start < warmUpNs) {
            if (half == 0 && now - start > warmUpNs / 2) {
                half = now;
                count = 0;
            }
            if (stream) {
                send(WARM_UP_BLOCK);
                count += WARM_UP_BLOCK;
            } else {
                untimed(WARM_UP_BLOCK);
                timed(WARM_UP_BLOCK, unused);
                count += 2 * WARM_UP_BLOCK;
            }
        }
        // A mechanism so slow that its first block took all the time was not warmed up in halves.
        return count / (double) (now - (half == 0 ? start : half));
    }

    private EndpointResult stream(long n, ThreadUsage before) throws IOException {
        long start = System.nanoTime();
        send(n);
        exchange(Marker.END); // The answer comes after the last message was consumed.
        long duration = System.nanoTime() - start;
        return result(n, duration, null, 0, before);
    }

    private EndpointResult roundTrips(long n, ThreadUsage before) throws IOException {
        Histogram histogram = histogram();
        long untimed = Math.max(LEAST, n / 3);
        long start = System.nanoTime();
        untimed(untimed);
        double mean = (System.nanoTime() - start) / (double) untimed;
        timed(n, histogram);
        long duration = System.nanoTime() - start;
        exchange(Marker.END);
        return result(n + untimed, duration, Hdr.encode(histogram), mean, before);
    }

    private EndpointResult result(
            long messages, long durationNs, String hdr, double mean, ThreadUsage before)
            throws IOException {
        ThreadUsage usage = ThreadUsage.now().since(before);
        return new EndpointResult(
                messages,
                durationNs,
                hdr,
                mean,
                usage.wallNs(),
                Threads.currentCpu(),
                link.capacity(),
                Endpoint.counters(usage, messages, incoming),
                0);
    }

    private void send(long n) throws IOException {
        for (long i = 0; i < n; i++) {
            link.send(outgoing, sequence++);
        }
    }

    private void untimed(long n) throws IOException {
        for (long i = 0; i < n; i++) {
            link.send(outgoing, sequence++);
            link.receive(incoming, 1);
        }
    }

    private void timed(long n, Histogram histogram) throws IOException {
        for (long i = 0; i < n; i++) {
            long sent = System.nanoTime();
            link.send(outgoing, sequence++);
            link.receive(incoming, 1);
            histogram.recordValue(Math.min(System.nanoTime() - sent, HIGHEST_NANOS));
        }
    }

    private void exchange(long marker) throws IOException {
        link.send(outgoing, marker);
        link.receive(incoming, 1);
        long answer = incoming.takeMarker();
        if (answer != marker) {
            throw new IOException("the other end answered " + answer + " to marker " + marker);
        }
    }

    private static Histogram histogram() {
        return new Histogram(1, HIGHEST_NANOS, 3);
    }
}
