package io.sluice.compare.rig;

import io.sluice.linux.Descriptor;
import io.sluice.linux.Mapping;
import io.sluice.memory.Memory;
import java.io.IOException;
import java.nio.file.Path;

/**
 * When messages arrived: a word for each of the last {@value #CAPACITY}, in a file that both ends
 * map. The receiver writes them in order, the sender reads them after all was consumed.
 */
final class Arrivals {
    /** The number of words. A power of two. */
    static final int CAPACITY = 1 << 20;

    private static final String FILE = "arrivals";

    private final Memory memory;

    private Arrivals(Memory memory) {
        this.memory = memory;
    }

    static void create(Path directory) throws IOException {
        try (Descriptor file = Descriptor.create(directory.resolve(FILE))) {
            file.allocate(0, (long) CAPACITY * Long.BYTES);
        }
    }

    static Arrivals open(Path directory) throws IOException {
        try (Descriptor file = Descriptor.open(directory.resolve(FILE))) {
            long size = (long) CAPACITY * Long.BYTES;
            return new Arrivals(Memory.words(Mapping.map(file, 0, size).segment()));
        }
    }

    void set(long sequence, long nanoTime) {
        memory.setLongRelease((sequence & (CAPACITY - 1)) * Long.BYTES, nanoTime);
    }

    long get(long sequence) {
        return memory.getLongAcquire((sequence & (CAPACITY - 1)) * Long.BYTES);
    }
}
