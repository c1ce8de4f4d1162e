package io.sluice.compare.rig;

import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.SystemCounters;
import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.SharedWords;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

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

    private final Link link;
    private final SharedWords words;
    private final Workload workload;
    private final Payload payload;

    FanInPattern(Link link, SharedWords words, Workload workload) {
        this.link = link;
        this.words = words;
        this.workload = workload;
        this.payload = new Payload(workload.size(), workload.touchedBytes());
    }

    /**
     * Sends until the receiver stops it. Its counters cover what it sent since the receiver began
     * to measure.
     */
    EndpointResult send(int sender) throws IOException {
        long first = Payload.firstOf(sender);
        long sent = 0;
        EndMeter meter = new EndMeter(List.of());
        long before = 0;
        long known = 0;
        while (known != END) {
            for (int i = 0; i < CHUNK; i++) {
                link.send(payload, first + sent++);
            }
            long state = words.get(STATE);
            if (state == MEASURING && known != MEASURING) {
                meter = new EndMeter(List.of());
                before = sent;
            }
            known = state;
        }
        link.send(payload, Marker.STOP);
        meter.stop();
        return meter.addTo(EndpointResult.of(sent - before, 0), payload, link);
    }

    /** Receives; its measurement is that of the whole fork. */
    EndpointResult receive(ForkDurations forkDurations) throws IOException {
        drain(forkDurations.warmUpNs() / 2);
        new EndMeter(List.of()).stop(); // their first time
        SystemMeter.now();
        drain(forkDurations.warmUpNs() / 2);
        words.set(STATE, MEASURING);
        long[] before = counts();
        SystemMeter system = SystemMeter.now();
        EndMeter meter = new EndMeter(List.of());
        long start = System.nanoTime();
        drain(forkDurations.blockNs());
        long duration = System.nanoTime() - start;
        meter.stop();
        SystemCounters meanwhile = SystemMeter.now().since(system);
        long[] after = counts();
        words.set(STATE, END);
        int ended = 0;
        while (ended < workload.producers()) {
            link.receive(payload, 1);
            ended += payload.takeMarker() == Marker.STOP ? 1 : 0;
        }
        for (int i = 0; i < after.length; i++) {
            after[i] -= before[i];
        }
        double all = LongStream.of(after).sum();
        double squares = LongStream.of(after).mapToDouble(n -> (double) n * n).sum();
        EndpointResult result =
                EndpointResult.of((long) all, duration)
                        .mean(all == 0 ? 0 : duration / all)
                        .number(
                                Numbers.FAIRNESS,
                                squares == 0 ? 0 : all * all / (squares * after.length));
        result.system = meanwhile;
        return meter.addTo(result, payload, link);
    }

    private void drain(long nanos) throws IOException {
        int batch = workload.batch();
        long end = System.nanoTime() + nanos;
        do {
            for (int i = 0; i < CHUNK; i++) {
                link.receive(payload, batch);
            }
        } while (System.nanoTime() - end < 0);
    }

    /** Returns how many messages have come from each sender. */
    private long[] counts() {
        return IntStream.range(0, workload.producers()).mapToLong(payload::expectedOf).toArray();
    }
}
