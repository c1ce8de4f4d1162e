package io.sluice.compare.rig;

import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.SystemCounters;
import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.SharedWords;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Several senders, one receiver. The receiver has the clock: it receives for a time, and counts the
 * messages of each sender; then it stops the senders, and drains the messages in flight. A sender
 * sends a marker after its last message.
 */
final class FanInPattern {
    /** The shared word with the phase, for the senders. */
    private static final int STATE = 8;

    private static final long MEASURING = 1;
    private static final long END = 2;

    private static final int CHUNK = 64;

    private FanInPattern() {}

    /**
     * Sends until the receiver stops it. Its counters cover what it sent since the receiver began
     * to measure.
     */
    static EndpointResult send(Link link, SharedWords words, Workload workload, int sender)
            throws IOException {
        Payload payload = new Payload(workload.size(), workload.touchedBytes());
        long first = Payload.firstOf(sender);
        long sent = 0;
        EndMeter meter = new EndMeter();
        long before = 0;
        long known = 0;
        while (known != END) {
            for (int i = 0; i < CHUNK; i++) {
                link.send(payload, first + sent++);
            }
            long state = words.get(STATE);
            if (state == MEASURING && known != MEASURING) {
                meter = new EndMeter();
                before = sent;
            }
            known = state;
        }
        link.send(payload, Marker.STOP);
        meter.stop();
        return EndpointResult.of(BlockResult.of(sent - before, 0), meter, payload, null, link);
    }

    /** Receives; its measurement is that of the whole fork. */
    static EndpointResult receive(
            Link link, SharedWords words, Workload workload, ForkDurations forkDurations)
            throws IOException {
        Payload payload = new Payload(workload.size(), workload.touchedBytes());
        drain(link, payload, workload.batch(), forkDurations.warmUpNs() / 2);
        new EndMeter().stop(); // their first time
        SystemMeter.now();
        drain(link, payload, workload.batch(), forkDurations.warmUpNs() / 2);
        words.set(STATE, MEASURING);
        long[] before = counts(payload, workload.producers());
        SystemMeter system = SystemMeter.now();
        EndMeter meter = new EndMeter();
        long start = System.nanoTime();
        drain(link, payload, workload.batch(), forkDurations.blockNs());
        long duration = System.nanoTime() - start;
        meter.stop();
        SystemCounters meanwhile = SystemMeter.now().since(system);
        long[] after = counts(payload, workload.producers());
        words.set(STATE, END);
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
        BlockResult block =
                BlockResult.of(all, duration)
                        .withMean(all == 0 ? 0 : duration / (double) all)
                        .withNumbers(numbers);
        return EndpointResult.of(block, meter, payload, meanwhile, link);
    }

    private static void drain(Link link, Payload payload, int batch, long nanos)
            throws IOException {
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
}
