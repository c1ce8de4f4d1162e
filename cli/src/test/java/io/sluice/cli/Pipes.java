package io.sluice.cli;

import io.sluice.Order;
import io.sluice.OverflowPolicy;
import io.sluice.Pipe;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Pipes for tests. */
final class Pipes {
    private Pipes() {}

    /** The kinds of pipes. */
    enum PipeSample {
        BOUNDED(PipeSpec.bounded().senders(1)),
        MANY_SENDERS(PipeSpec.bounded()),
        ARRIVAL(PipeSpec.bounded().order(Order.ARRIVAL)),
        MANY_RECEIVERS(PipeSpec.bounded().receivers(4)),
        UNBOUNDED(PipeSpec.unbounded(1 << 20)),
        DROPPING(PipeSpec.unbounded(1 << 20).overflow(OverflowPolicy.DROP_OLDEST)),
        RENDEZVOUS(PipeSpec.rendezvous()),
        BROADCAST(PipeSpec.broadcast());

        final PipeSpec spec;

        PipeSample(PipeSpec spec) {
            this.spec = spec.retainWithoutReceivers(true);
        }
    }

    /** Creates a pipe with messages in it, unless it has no buffer. */
    static Path create(Path path, PipeSample kind, String... messages) throws Exception {
        try (Pipe pipe = Pipe.create(path, kind.spec)) {
            if (kind != PipeSample.RENDEZVOUS) {
                try (PipeSender sender = pipe.sender()) {
                    for (String message : messages) {
                        sender.send(message.getBytes(StandardCharsets.UTF_8));
                    }
                }
            }
        }
        return path;
    }

    /** Returns the files below a directory, and a digest of each. */
    static Map<String, Integer> files(Path directory) throws IOException {
        Map<String, Integer> files = new TreeMap<>();
        try (Stream<Path> entries = Files.walk(directory)) {
            for (Path file : entries.filter(Files::isRegularFile).toList()) {
                files.put(file.toString(), Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return files;
    }
}
