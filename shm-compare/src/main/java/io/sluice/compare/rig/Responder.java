package io.sluice.compare.rig;

import io.sluice.compare.kernel.ThreadUsage;
import io.sluice.compare.result.Factors;
import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.SharedWords;
import io.sluice.os.Threads;
import java.io.IOException;

/** The end that answers each message with one of its own, or only takes them in. */
final class Responder {
    private static final int BATCH = 256;

    private final Link link;
    private final SharedWords words;
    private final Payload outgoing;
    private final Payload incoming;
    private final boolean stream;

    Responder(Link link, SharedWords words, int size, String pattern) {
        this.link = link;
        this.words = words;
        this.outgoing = new Payload(size);
        this.incoming = new Payload(size);
        this.stream = pattern.equals(Factors.STREAM);
    }

    EndpointResult run() throws IOException {
        ThreadUsage before = null;
        long first = 0;
        EndpointResult result = null;
        while (true) {
            long marker = stream ? takeIn() : answer();
            if (marker == Marker.BEGIN) {
                first = incoming.expected();
                before = ThreadUsage.now();
            } else if (marker == Marker.END && before != null) {
                long messages = incoming.expected() - first;
                ThreadUsage usage = ThreadUsage.now().since(before);
                result =
                        new EndpointResult(
                                messages,
                                0,
                                null,
                                0,
                                usage.wallNs(),
                                Threads.currentCpu(),
                                link.capacity(),
                                Endpoint.counters(usage, messages, incoming),
                                0);
            }
            link.send(outgoing, marker);
            if (marker == Marker.FLOOR) {
                LineFloor.respond(words);
            } else if (marker == Marker.STOP) {
                return result;
            }
        }
    }

    private long answer() throws IOException {
        while (true) {
            link.receive(incoming, 1);
            long marker = incoming.takeMarker();
            if (marker != 0) {
                return marker;
            }
            link.send(outgoing, incoming.expected() - 1);
        }
    }

    private long takeIn() throws IOException {
        while (true) {
            link.receive(incoming, BATCH);
            long marker = incoming.takeMarker();
            if (marker != 0) {
                return marker;
            }
        }
    }
}
