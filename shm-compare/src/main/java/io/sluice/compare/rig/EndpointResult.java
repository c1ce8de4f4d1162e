package io.sluice.compare.rig;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.EndCountersBuilder;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.SystemCounters;
import io.sluice.compare.result.Window;
import io.sluice.compare.transport.Payload;
import io.sluice.linux.Platform;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * The result of one end, as it reports it to the coordinator: what its pattern measured, in the
 * words of {@link Fork}, and what it used. An end without a clock only counts its messages. One
 * thread.
 */
final class EndpointResult {
    long messages;
    long durationNs;
    String hdr;
    double meanUntimedNs;
    String service;
    String response;
    List<Window> windows = List.of();
    Map<String, Double> numbers = new TreeMap<>();
    EndCounters counters;

    /** What the machine did meanwhile; CPU time of the ends still included. */
    SystemCounters system;

    /** Which CPU it ran on at the end. */
    int cpu;

    /** What the link holds. */
    long capacityBytes;

    /** The floor between the two ends; 0 from the responder, or if they share a CPU. */
    double lineRoundTripNs;

    /** Returns the result of messages that were only counted. */
    static EndpointResult of(long messages, long durationNs) {
        EndpointResult result = new EndpointResult();
        result.messages = messages;
        result.durationNs = durationNs;
        return result;
    }

    /** Sets counters of nothing but messages, and the CPU. */
    EndpointResult countedBy(Payload payload) {
        cpu = Platform.currentCpu();
        counters =
                EndCountersBuilder.builder()
                        .messages(messages)
                        .lost(payload.lost())
                        .duplicated(payload.duplicated())
                        .corrupted(payload.corrupted())
                        .build();
        return this;
    }

    /** Sets the mean time of a message in a block without clock reads. */
    EndpointResult mean(double ns) {
        meanUntimedNs = ns;
        return this;
    }

    /** Sets the times of round trips, or bursts, and their slices. */
    EndpointResult times(Windows times) {
        hdr = Hdr.encode(times.all());
        windows = times.list();
        return this;
    }

    /** Sets the times from sending, and from when it was to be, to having received. */
    EndpointResult times(Histogram fromSending, Histogram fromSchedule) {
        service = Hdr.encode(fromSending);
        response = Hdr.encode(fromSchedule);
        return this;
    }

    /** Sets what only some patterns measure. */
    EndpointResult number(String name, double number) {
        numbers.put(name, number);
        return this;
    }

    /** Returns all messages of ends that ran together as those of one. */
    static EndpointResult together(List<EndpointResult> ends) {
        if (ends.size() == 1) {
            return ends.get(0);
        }
        EndpointResult all = new EndpointResult();
        Histogram times = Conversation.histogram();
        for (EndpointResult end : ends) {
            all.messages += end.messages;
            all.durationNs = Math.max(all.durationNs, end.durationNs);
            all.system = end.system;
            times.add(Hdr.decode(end.hdr));
        }
        all.hdr = Hdr.encode(times);
        return all;
    }
}
