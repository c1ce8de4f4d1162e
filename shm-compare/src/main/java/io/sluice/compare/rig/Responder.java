package io.sluice.compare.rig;

import io.sluice.compare.transport.Payload;
import java.io.IOException;
import java.util.List;

/** The end that replies to each message with one of its own, or only receives. */
final class Responder {
    /** The shared word with the arrival time of a burst's last message. */
    static final int LAST_ARRIVAL = 3;

    private Responder() {}

    /** Serves one workload after the other, and returns the result of each. */
    static List<EndpointResult> run(Conversation talk, List<Workload> workloads)
            throws IOException {
        talk.words.set(Initiator.PEER, ProcessHandle.current().pid());
        Payload incoming = talk.incoming;
        EndpointResult[] results = new EndpointResult[workloads.size()];
        int at = 0;
        int floors = 0;
        EndMeter meter = null;
        long first = 0;
        while (true) {
            long marker = serveUntilMarker(talk, workloads.get(at));
            if (marker == Marker.BEGIN || marker == Marker.DRY_RUN) {
                first = incoming.expected();
                if (marker == Marker.BEGIN) {
                    EndMeter.awaitCompiler();
                }
                meter = EndMeter.ofThisEnd();
            } else if (marker == Marker.END) {
                meter.stop(); // That of the dry run is replaced by that of the measured block.
                results[at] = meter.addTo(EndpointResult.of(incoming.expected() - first, 0), talk);
            } else if (marker == Marker.NEXT) {
                at++;
            }
            talk.link.send(talk.outgoing, marker);
            talk.link.flush();
            if (marker == Marker.NEXT) {
                talk.link.batch(workloads.get(at).batch());
            } else if (marker == Marker.FLOOR) {
                CacheLineFloor.respond(talk.words, floors++);
            } else if (marker == Marker.STOP) {
                return List.of(results);
            }
        }
    }

    /** Serves messages until a marker comes. */
    private static long serveUntilMarker(Conversation talk, Workload workload) throws IOException {
        return switch (workload.pattern()) {
            case RTT, GAP, OVERSUB -> reply(talk);
            case ONEWAY -> recordArrivals(talk);
            case BURST -> recordLastArrival(talk, workload.batch());
            default -> drain(talk, workload.batch());
        };
    }

    private static long reply(Conversation talk) throws IOException {
        long marker;
        while ((marker = talk.receive(1)) == 0) {
            talk.send();
        }
        return marker;
    }

    private static long drain(Conversation talk, int batch) throws IOException {
        long marker;
        do {
            marker = talk.receive(batch);
        } while (marker == 0);
        return marker;
    }

    private static long recordArrivals(Conversation talk) throws IOException {
        Arrivals arrivals = talk.arrivals;
        while (true) {
            talk.link.receive(talk.incoming, 1);
            long now = System.nanoTime();
            long marker = talk.incoming.takeMarker();
            if (marker != 0) {
                return marker;
            }
            arrivals.set(talk.incoming.expected() - 1, now);
        }
    }

    private static long recordLastArrival(Conversation talk, int batch) throws IOException {
        long last = 0;
        while (true) {
            long before = talk.incoming.expected();
            talk.link.receive(talk.incoming, batch);
            if (talk.incoming.expected() != before) {
                last = System.nanoTime();
            }
            long marker = talk.incoming.takeMarker();
            if (marker != 0) {
                talk.words.set(LAST_ARRIVAL, last);
                return marker;
            }
        }
    }
}
