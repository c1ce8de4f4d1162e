package io.sluice.bench;

import org.agrona.DirectBuffer;

/** Decodes a message from an Agrona buffer, with the same accesses as from Sluice's. */
final class DirectBufferReader {
    private final Tally tally;
    private final int size;

    DirectBufferReader(int size) {
        this(size, new Tally());
    }

    DirectBufferReader(int size, Tally tally) {
        this.tally = tally;
        this.size = size;
    }

    void read(DirectBuffer buffer, int offset, int length) {
        long first = buffer.getLong(offset);
        if (size == 8) {
            tally.accept(first, first);
        } else if (size == 32) {
            long rest =
                    buffer.getLong(offset + 8)
                            + buffer.getLong(offset + 16)
                            + buffer.getLong(offset + 24);
            tally.accept(first, first + rest);
        } else {
            long sum = 0;
            for (int i = 0; i < length; i += 8) {
                sum += buffer.getLong(offset + i);
            }
            tally.accept(first, sum);
        }
    }

    Tally tally() {
        return tally;
    }
}
