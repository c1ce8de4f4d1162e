package io.sluice.compare.rig;

import io.sluice.compare.transport.SharedWords;
import io.sluice.memory.Memory;
import java.io.IOException;
import java.nio.file.Path;

/**
 * When messages arrived: a word for each of the last {@value #CAPACITY}, in a file that both ends
 * map. The receiver writes them in order, the sender reads them after all was consumed.
 */
record Arrivals(Memory memory) {
    /** The number of words. A power of two. */
    static final int CAPACITY = 1 << 20;

    private static final String FILE = "arrivals";

    static void create(Path directory) throws IOException {
        SharedWords.create(directory.resolve(FILE), CAPACITY * Long.BYTES);
    }

    static Arrivals open(Path directory) throws IOException {
        return new Arrivals(SharedWords.map(directory.resolve(FILE), CAPACITY * Long.BYTES));
    }

    void set(long sequence, long nanoTime) {
        memory.setLongRelease((sequence & (CAPACITY - 1)) * Long.BYTES, nanoTime);
    }

    long get(long sequence) {
        return memory.getLongAcquire((sequence & (CAPACITY - 1)) * Long.BYTES);
    }
}
