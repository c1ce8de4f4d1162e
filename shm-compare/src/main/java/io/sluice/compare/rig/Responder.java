package io.sluice.compare.rig;

import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.SharedWords;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The end that replies to each message with one of its own, or only receives. */
final class Responder {
    /** The shared word with the arrival time of a burst's last message. */
    static final int LAST_ARRIVAL = 3;

    private final Link link;
    private final SharedWords words;
    private final List<Workload> workloads;
    private final Arrivals arrivals;
    private final Payload outgoing;
    private final Payload incoming;
    private long replies;

    /**
     * Creates one end.
     *
     * @param arrivals where to record each message's arrival time, or null
     */
    Responder(Link link, SharedWords words, List<Workload> workloads, Arrivals arrivals) {
        Workload workload = workloads.get(0);
        this.link = link;
        this.words = words;
        this.workloads = workloads;
        this.arrivals = arrivals;
        this.outgoing = new Payload(workload.size(), workload.touchedBytes());
        this.incoming = new Payload(workload.size(), workload.touchedBytes());
    }

    /** Serves one workload after the other, and returns the result of each. */
    List<EndpointResult> run() throws IOException {
        List<EndpointResult> results = new ArrayList<>();
        int at = 0;
        EndMeter meter = null;
        long first = 0;
        while (true) {
            long marker = serveUntilMarker(workloads.get(at));
            if (marker == Marker.BEGIN || marker == Marker.DRY_RUN) {
                first = incoming.expected();
                if (marker == Marker.BEGIN) {
                    EndMeter.awaitCompiler();
                }
                meter = new EndMeter(List.of());
            } else if (marker == Marker.END && meter != null) {
                meter.stop();
                if (results.size() > at) {
                    results.remove(at); // that of the dry run
                }
                EndpointResult received = EndpointResult.of(incoming.expected() - first, 0);
                results.add(meter.addTo(received, incoming, link));
            } else if (marker == Marker.NEXT) {
                at++;
            }
            link.send(outgoing, marker);
            link.flush();
            if (marker == Marker.NEXT) {
                link.batch(workloads.get(at).batch());
            } else if (marker == Marker.FLOOR) {
                CacheLineFloor.respond(words);
            } else if (marker == Marker.STOP) {
                return results;
            }
        }
    }

    /** Serves messages until a marker comes. */
    private long serveUntilMarker(Workload workload) throws IOException {
        return switch (workload.pattern()) {
            case RTT, GAP, OVERSUB -> reply();
            case ONEWAY -> recordArrivals();
            case BURST -> recordLastArrival(workload.batch());
            default -> drain(workload.batch());
        };
    }

    private long reply() throws IOException {
        while (true) {
            link.receive(incoming, 1);
            long marker = incoming.takeMarker();
            if (marker != 0) {
                return marker;
            }
            link.send(outgoing, replies++);
        }
    }

    private long drain(int batch) throws IOException {
        while (true) {
            link.receive(incoming, batch);
            long marker = incoming.takeMarker();
            if (marker != 0) {
                return marker;
            }
        }
    }

    private long recordArrivals() throws IOException {
        while (true) {
            link.receive(incoming, 1);
            long now = System.nanoTime();
            long marker = incoming.takeMarker();
            if (marker != 0) {
                return marker;
            }
            arrivals.set(incoming.expected() - 1, now);
        }
    }

    private long recordLastArrival(int batch) throws IOException {
        long last = 0;
        while (true) {
            long before = incoming.expected();
            link.receive(incoming, batch);
            if (incoming.expected() != before) {
                last = System.nanoTime();
            }
            long marker = incoming.takeMarker();
            if (marker != 0) {
                words.set(LAST_ARRIVAL, last);
                return marker;
            }
        }
    }
}
