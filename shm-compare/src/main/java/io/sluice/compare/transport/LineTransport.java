package io.sluice.compare.transport;

import io.sluice.compare.result.Factors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The floor: one word in each direction, on its own cache line, and nothing else: the lower bound
 * for messages between these two CPUs. Carries no payload, so it is not listed as a mechanism.
 */
final class LineTransport extends NamedTransport {
    private static final String WORDS = "words";

    LineTransport() {
        super(Transports.LINE, Factors.SPIN, "one cache line there and back, no message");
    }

    @Override
    public String name() {
        return Transports.LINE;
    }

    @Override
    public Traits traits() {
        return new Traits(
                Traits.Boundaries.MESSAGES,
                new Traits.Limit(Long.BYTES, "it is one word"),
                new Traits.Capacity(1, Long.BYTES, "The word is overwritten."),
                new Traits.Cost(0, List.of(), List.of(), ""),
                HintedLink.ENDING);
    }

    @Override
    public Prepared prepare(Path directory) throws IOException {
        SharedWords.create(directory.resolve(WORDS));
        return Prepared.NOTHING;
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        SharedWords words = SharedWords.open(directory.resolve(WORDS));
        int mine = role == Role.INITIATOR ? 0 : 1;
        int others = 1 - mine;
        return new Link() {
            private long last;

            /**
             * Sends a word; each message differs from the one before, and none is zero, as the word
             * is first.
             */
            @Override
            public void send(Payload payload, long sequence) {
                words.set(mine, sequence - Long.MIN_VALUE);
            }

            @Override
            public void receive(Payload payload, int limit) {
                long word;
                do {
                    word = words.get(others);
                } while (word == last);
                last = word;
                payload.accept(word + Long.MIN_VALUE);
            }

            @Override
            public long capacity() {
                return 0;
            }

            @Override
            public void close() {}
        };
    }
}
