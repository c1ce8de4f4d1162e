package io.sluice.compare.transport;

import io.sluice.memory.MappedMemory;
import io.sluice.memory.Memory;
import io.sluice.os.Descriptor;
import io.sluice.os.Mapping;
import java.io.IOException;
import java.nio.file.Path;

/** A few words that both processes map, each on a pair of cache lines of its own. */
final class SharedWords {
    private static final String FILE = "words";
    private static final int LINE_PAIR = 128;
    private static final int SIZE = 4096;

    private final Memory memory;

    private SharedWords(Memory memory) {
        this.memory = memory;
    }

    static void create(Path directory) throws IOException {
        try (Descriptor file = Descriptor.create(directory.resolve(FILE))) {
            file.allocate(SIZE);
        }
    }

    static SharedWords open(Path directory) throws IOException {
        try (Descriptor file = Descriptor.open(directory.resolve(FILE))) {
            return new SharedWords(MappedMemory.words(Mapping.map(file, 0, SIZE).segment()));
        }
    }

    void set(int word, long value) {
        memory.setLongRelease((long) word * LINE_PAIR, value);
    }

    long get(int word) {
        return memory.getLongAcquire((long) word * LINE_PAIR);
    }
}
