package io.sluice.compare.rig;

import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.Role;
import io.sluice.compare.transport.SharedWords;
import io.sluice.compare.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * The life of a link, repeatedly: the initiator creates it, both ends open it, one message makes a
 * round trip, both close. The first rounds warm up. Opening includes waiting for the other end,
 * where the mechanism does that.
 */
record Lifecycle(Transport transport, SharedWords words, Path directory, Workload workload) {
    private static final int WARM_UP = 20;
    private static final int ROUNDS = 100;
    private static final int ROUND = 5;
    private static final int OPENED = 6;
    private static final String ADDRESS = "address";

    EndpointResult initiate() throws IOException {
        Map<String, Histogram> times = new TreeMap<>();
        double resident = 0;
        long start = System.nanoTime();
        long capacity = 0;
        for (int round = 1; round <= ROUNDS; round++) {
            if (round == WARM_UP + 1) {
                times.clear();
                start = System.nanoTime();
            }
            Path place = Files.createDirectory(directory.resolve("round-" + round));
            long before = System.nanoTime();
            Transport.Prepared prepared = transport.prepare(place);
            recordTime(times, Numbers.CREATE_NS, before);
            Files.writeString(place.resolve(ADDRESS), prepared.address());
            long residentBefore = residentBytes();
            words.set(ROUND, round);
            before = System.nanoTime();
            Link link = transport.open(Role.INITIATOR, place, prepared.address(), workload.size());
            recordTime(times, Numbers.ATTACH_NS, before);
            Payload payload = workload.payload();
            before = System.nanoTime();
            link.send(payload, 0);
            link.receive(payload, 1);
            recordTime(times, Numbers.FIRST_MESSAGE_NS, before);
            resident = residentBytes() - residentBefore;
            capacity = link.capacity();
            prepared.release().run();
            before = System.nanoTime();
            link.close();
            recordTime(times, Numbers.CLOSE_NS, before);
            while (words.get(OPENED) != round) {
                Thread.onSpinWait();
            }
            prepared.remove().run();
        }
        long duration = System.nanoTime() - start;
        EndpointResult result =
                result(duration).number(Numbers.RESIDENT_BYTES, Math.max(0, resident));
        times.forEach((name, taken) -> result.number(name, taken.getValueAtPercentile(50)));
        result.hdr = Hdr.encode(times.get(Numbers.FIRST_MESSAGE_NS));
        result.capacityBytes = capacity;
        return result;
    }

    EndpointResult respond() throws IOException {
        for (int round = 1; round <= ROUNDS; round++) {
            while (words.get(ROUND) != round) {
                Thread.onSpinWait();
            }
            Path place = directory.resolve("round-" + round);
            String address = Files.readString(place.resolve(ADDRESS));
            try (Link link = transport.open(Role.RESPONDER, place, address, workload.size())) {
                Payload payload = workload.payload();
                link.receive(payload, 1);
                link.send(payload, 0);
            }
            words.set(OPENED, round);
        }
        return result(0);
    }

    private EndpointResult result(long durationNs) {
        EndpointResult result = EndpointResult.of(ROUNDS - WARM_UP, durationNs);
        return result.countedBy(workload.payload());
    }

    private static void recordTime(Map<String, Histogram> times, String what, long since) {
        Conversation.record(
                times.computeIfAbsent(what, name -> Conversation.histogram()),
                System.nanoTime() - since);
    }

    /** Returns the shared memory and files that this process has mapped and touched. */
    private static long residentBytes() {
        String status = Proc.read("/proc/self/status");
        long shared = Proc.sum(Proc.line(status, "RssShmem:"));
        return 1024 * (shared + Proc.sum(Proc.line(status, "RssFile:")));
    }
}
