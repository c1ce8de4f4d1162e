package io.sluice.compare.rig;

import io.sluice.compare.result.Numbers;
import io.sluice.compare.transport.Payload;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
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

    private FanInPattern() {}

    static EndpointResult run(EndTask task, Conversation talk) throws IOException {
        return task.initiates() ? send(talk, task.number()) : receive(talk, task.plan());
    }

    /**
     * Sends until the receiver stops it. Its counters cover what it sent since the receiver began
     * to measure.
     */
    private static EndpointResult send(Conversation talk, int sender) throws IOException {
        long first = Payload.firstOf(sender);
        long sent = 0;
        EndMeter meter = EndMeter.ofThisEnd();
        long before = 0;
        long known = 0;
        while (known != END) {
            for (int i = 0; i < CHUNK; i++) {
                talk.link.send(talk.outgoing, first + sent++);
            }
            long state = talk.words.get(STATE);
            if (state == MEASURING && known != MEASURING) {
                meter = EndMeter.ofThisEnd();
                before = sent;
            }
            known = state;
        }
        talk.link.send(talk.outgoing, Marker.STOP);
        meter.stop();
        return meter.addTo(EndpointResult.of(sent - before, 0), talk);
    }

    /** Receives; its measurement is that of the whole fork. */
    private static EndpointResult receive(Conversation talk, PairPlan plan) throws IOException {
        ForkDurations durations = plan.durations();
        Workload workload = plan.workload();
        int senders = workload.producers();
        drain(talk, workload, durations.warmUpNs() / 2);
        EndMeter.ofBothEnds(List.of()).stop(); // its first time
        drain(talk, workload, durations.warmUpNs() / 2);
        talk.words.set(STATE, MEASURING);
        long[] before = talk.incoming.expectedOf(senders);
        EndMeter meter = EndMeter.ofBothEnds(List.of());
        long start = System.nanoTime();
        drain(talk, workload, durations.blockNs());
        long duration = System.nanoTime() - start;
        meter.stop();
        long[] received = talk.incoming.expectedOf(senders);
        talk.words.set(STATE, END);
        int ended = 0;
        while (ended < senders) {
            ended += talk.receive(1) == Marker.STOP ? 1 : 0;
        }
        Arrays.setAll(received, i -> received[i] - before[i]);
        double all = LongStream.of(received).sum();
        double squares = LongStream.of(received).mapToDouble(n -> (double) n * n).sum();
        double fairness = squares == 0 ? 0 : all * all / (squares * senders);
        return meter.addTo(EndpointResult.of((long) all, duration), talk)
                .mean(all == 0 ? 0 : duration / all)
                .number(Numbers.FAIRNESS, fairness);
    }

    private static void drain(Conversation talk, Workload workload, long nanos) throws IOException {
        int batch = workload.batch();
        long end = System.nanoTime() + nanos;
        do {
            for (int i = 0; i < CHUNK; i++) {
                talk.link.receive(talk.incoming, batch);
            }
        } while (System.nanoTime() - end < 0);
    }
}
