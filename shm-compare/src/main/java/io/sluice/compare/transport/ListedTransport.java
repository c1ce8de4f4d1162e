package io.sluice.compare.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** A mechanism of this jar: {@link Mechanism} says what it is, and a subclass how it works. */
abstract class ListedTransport extends NamedTransport {
    private final Mechanism mechanism;
    private Traits traits;

    ListedTransport(Mechanism mechanism) {
        super(mechanism.id(), mechanism.waiting(), mechanism.description());
        this.mechanism = mechanism;
    }

    final Mechanism mechanism() {
        return mechanism;
    }

    @Override
    public final Traits traits() {
        if (traits == null) {
            traits = mechanism.onThisMachine();
        }
        return traits;
    }

    @Override
    public final boolean supportsFanIn() {
        return mechanism.fanIn();
    }

    @Override
    public final boolean supportsBatches() {
        return mechanism.batches();
    }

    /** What may fail. */
    interface Attempt {
        void run() throws IOException;
    }

    /** Returns why an attempt fails; nothing if it succeeds. */
    static Optional<String> failure(Attempt attempt) {
        try {
            attempt.run();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e.getMessage());
        }
    }

    /** Returns an attempt that must succeed. */
    static Runnable surely(Attempt attempt) {
        return () -> {
            try {
                attempt.run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }
}
