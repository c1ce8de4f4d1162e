package io.sluice.compare.transport;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The floor: one word in each direction, on its own cache line, and nothing else: the lower bound
 * for messages between these two CPUs. Carries no payload, so it is not listed as a mechanism.
 */
final class LineTransport extends ListedTransport {
    @Override
    public String name() {
        return Transports.LINE;
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        SharedWords words = Counts.words(directory);
        int mine = role.choose(0, 1);
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
        };
    }
}
