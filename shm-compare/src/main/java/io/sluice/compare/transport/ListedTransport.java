package io.sluice.compare.transport;

import io.sluice.compare.result.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A mechanism of this jar: a row of {@code mechanisms.json} says what it is, and a subclass how it
 * works.
 */
abstract class ListedTransport implements Transport {
    /** What it is; set before all else. */
    Mechanism row;

    @Override
    public final String id() {
        return row.id();
    }

    @Override
    public final Waiting waiting() {
        return row.waiting();
    }

    @Override
    public final String description() {
        return row.description();
    }

    @Override
    public final Traits traits() {
        return row.traits();
    }

    @Override
    public final boolean supportsFanIn() {
        return row.fanIn();
    }

    @Override
    public final boolean supportsBatches() {
        return row.batches();
    }

    @Override
    public final Prepared prepare(Path directory) throws IOException {
        if (row.counts()) {
            Counts.create(directory);
        }
        return share(directory);
    }

    /** Makes what the ends need to find each other. */
    Prepared share(Path directory) throws IOException {
        return Prepared.NOTHING;
    }

    /** What may fail. */
    interface Probe {
        void run() throws IOException;
    }

    /** Returns why an attempt fails; nothing if it succeeds. */
    static Optional<String> failure(Probe attempt) {
        try {
            attempt.run();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e.getMessage());
        }
    }
}
