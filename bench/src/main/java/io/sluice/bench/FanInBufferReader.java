package io.sluice.bench;

import org.agrona.DirectBuffer;

/** Decodes a message of several senders from a peer's buffer. */
final class FanInBufferReader {
    private final FanInTally tally = new FanInTally();

    void read(DirectBuffer buffer, int offset) {
        long first = buffer.getLong(offset);
        long rest =
                buffer.getLong(offset + 8)
                        + buffer.getLong(offset + 16)
                        + buffer.getLong(offset + 24);
        tally.accept(first, first + rest);
    }

    FanInTally tally() {
        return tally;
    }
}
