package io.sluice.compare.transport;

import io.sluice.linux.Descriptor;
import io.sluice.linux.Mapping;
import io.sluice.memory.Memory;
import java.io.IOException;
import java.nio.file.Path;

/** A few words that both processes map, each on a pair of cache lines of its own. */
public final class SharedWords {
    private static final int LINE_PAIR = 128;
    private static final int SIZE = 1 << 15;

    private final Memory memory;

    private SharedWords(Memory memory) {
        this.memory = memory;
    }

    /**
     * Makes the file, with words of zero.
     *
     * @param path its name
     * @throws IOException if it cannot be made
     */
    public static void create(Path path) throws IOException {
        create(path, SIZE);
    }

    /**
     * Makes a file of words of zero.
     *
     * @param path its name
     * @param size how many bytes
     * @throws IOException if it cannot be made
     */
    public static void create(Path path, int size) throws IOException {
        try (Descriptor file = Descriptor.create(path)) {
            file.allocate(0, size);
        }
    }

    /**
     * Maps the file.
     *
     * @param path its name
     * @return its words
     * @throws IOException if it cannot be mapped
     */
    public static SharedWords open(Path path) throws IOException {
        return new SharedWords(map(path, SIZE));
    }

    /**
     * Maps a file of words.
     *
     * @param path its name
     * @param size how many bytes
     * @return them
     * @throws IOException if it cannot be mapped
     */
    public static Memory map(Path path, int size) throws IOException {
        try (Descriptor file = Descriptor.open(path)) {
            return Memory.words(Mapping.map(file, 0, size).segment());
        }
    }

    /**
     * Writes a word, with release.
     *
     * @param word which one, 0 to 255
     * @param value its value
     */
    public void set(int word, long value) {
        memory.setLongRelease((long) word * LINE_PAIR, value);
    }

    /**
     * Reads a word, with acquire.
     *
     * @param word which one, 0 to 255
     * @return its value
     */
    public long get(int word) {
        return memory.getLongAcquire((long) word * LINE_PAIR);
    }
}
