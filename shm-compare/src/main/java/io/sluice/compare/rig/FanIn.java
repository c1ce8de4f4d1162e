package io.sluice.compare.rig;

import io.sluice.compare.kernel.ThreadUsage;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.SharedWords;
import io.sluice.os.Threads;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Several senders, one receiver. The receiver has the clock: it takes in what comes, for a while,
 * and counts whose it is; then it tells the senders to stop, and drains what is under way. A sender
 * ends with a marker, behind its last message.
 */
final class FanIn {
    /** The shared word that tells senders to stop. */
    private static final int STOP = 8;

    private static final int CHUNK = 64;

    private FanIn() {}

    /** Sends until told to stop. Its counters cover all that it sent. */
    static EndpointResult send(Link link, SharedWords words, Workload workload, int sender)
            throws IOException {
        Payload payload = new Payload(workload.size(), workload.touchedBytes());
        long first = Payload.firstOf(sender);
        long sent = 0;
        EndMeter meter = new EndMeter();
        while (words.get(STOP) == 0) {
            for (int i = 0; i < CHUNK; i++) {
                link.send(payload, first + sent++);
            }
        }
        link.send(payload, Marker.STOP);
        return result(link, meter, payload, Measurement.of(sent, 0));
    }

    /** Receives; its measurement is that of the whole launch. */
    static EndpointResult receive(Link link, SharedWords words, Workload workload, Effort effort)
            throws IOException {
        Payload payload = new Payload(workload.size(), workload.touchedBytes());
        take(link, payload, workload.batch(), effort.warmUpNs());
        long[] before = counts(payload, workload.producers());
        SystemMeter system = SystemMeter.now();
        EndMeter meter = new EndMeter();
        long start = System.nanoTime();
        take(link, payload, workload.batch(), effort.blockNs());
        long duration = System.nanoTime() - start;
        ThreadUsage used = meter.used();
        long[] after = counts(payload, workload.producers());
        words.set(STOP, 1);
        int ended = 0;
        while (ended < workload.producers()) {
            link.receive(payload, 1);
            ended += payload.takeMarker() == Marker.STOP ? 1 : 0;
        }
        long all = 0;
        double squares = 0;
        Map<String, Double> numbers = new HashMap<>();
        for (int i = 0; i < after.length; i++) {
            long n = after[i] - before[i];
            all += n;
            squares += (double) n * n;
        }
        numbers.put(
                Numbers.FAIRNESS, squares == 0 ? 0 : (double) all * all / (squares * after.length));
        return new EndpointResult(
                Measurement.of(all, duration)
                        .withMean(all == 0 ? 0 : duration / (double) all)
                        .withNumbers(numbers),
                meter.counters(used, all, payload),
                SystemMeter.now().since(system),
                used.wallNs(),
                Threads.currentCpu(),
                link.capacity(),
                0);
    }

    private static void take(Link link, Payload payload, int batch, long nanos) throws IOException {
        long end = System.nanoTime() + nanos;
        do {
            for (int i = 0; i < CHUNK; i++) {
                link.receive(payload, batch);
            }
        } while (System.nanoTime() - end < 0);
    }

    private static long[] counts(Payload payload, int senders) {
        long[] counts = new long[senders];
        for (int i = 0; i < senders; i++) {
            counts[i] = payload.expectedOf(i);
        }
        return counts;
    }

    private static EndpointResult result(
            Link link, EndMeter meter, Payload payload, Measurement measured) throws IOException {
        ThreadUsage used = meter.used();
        return new EndpointResult(
                measured,
                meter.counters(used, measured.messages(), payload),
                null,
                used.wallNs(),
                Threads.currentCpu(),
                link.capacity(),
                0);
    }
}
