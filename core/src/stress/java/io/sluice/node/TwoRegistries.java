package io.sluice.node;

import io.sluice.linux.Descriptor;
import io.sluice.linux.Mapping;
import io.sluice.memory.Memory;
import io.sluice.stress.ObjectPool;
import io.sluice.stress.TwiceMappedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * The names of a directory as two processes see them: a node that joins, and an observer. Each has
 * its own view of the words. Nothing contends for the locks, which all share.
 */
final class TwoRegistries {
    /** A name that fills all its words. */
    static final String NAME = "name-in-eight-words-".repeat(3) + "last";

    private static final Path DIRECTORY = Path.of("nodes");
    private static final int CAPACITY = 2;
    private static final int LENGTH = 512;
    private static final int SLOT = 0;

    /** The offset of the data word, after the entries. */
    private static final int DATA = (int) RegistryDescriptor.entryOffset(CAPACITY);

    private static final TwiceMappedFile FILE =
            new TwiceMappedFile((long) ObjectPool.SIZE * LENGTH);
    private static final Descriptor LOCKS = locks();
    private static final ObjectPool<TwoRegistries> POOL = new ObjectPool<>(TwoRegistries::new);

    private final Memory nodeMemory;
    private final Memory observerMemory;
    private final NodeRegistry node;
    private final NodeRegistry observer;

    private TwoRegistries(int index) {
        nodeMemory = FILE.words(true, (long) index * LENGTH, LENGTH);
        observerMemory = FILE.words(false, (long) index * LENGTH, LENGTH);
        node = new NodeRegistry(DIRECTORY, nodeMemory, CAPACITY, LOCKS);
        observer = new NodeRegistry(DIRECTORY, observerMemory, CAPACITY, LOCKS);
        try {
            node.tryOwn(SLOT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Descriptor locks() {
        try {
            return Descriptor.createMemory("locks", Mapping.pageSize());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns names, of which the node owns the first but has neither added it nor joined.
     *
     * @return the names; the word of data is zero
     */
    static TwoRegistries empty() {
        TwoRegistries names = POOL.next();
        long entry = RegistryDescriptor.entryOffset(SLOT);
        names.nodeMemory.setLong(entry + RegistryDescriptor.LENGTH_OFFSET, 0);
        for (int i = 0; i < RegistryDescriptor.MAX_NAME_LENGTH; i += Long.BYTES) {
            names.nodeMemory.setLong(entry + RegistryDescriptor.NAME_OFFSET + i, 0);
        }
        names.nodeMemory.setLong(entry + RegistryDescriptor.JOINED_OFFSET, 0);
        names.nodeMemory.setLong(DATA, 0);
        return names;
    }

    /** Adds the name as the node. */
    void register() {
        node.add(SLOT, NAME); // Without the lock: nothing else adds one.
    }

    /** Joins as the node, whose pipes the data stands for. */
    void join() {
        nodeMemory.setLong(DATA, 1);
        node.setJoined();
    }

    /** Reads the name as the observer. */
    String name() {
        return observer.name(SLOT);
    }

    /** Tests as the observer whether the node has joined. */
    boolean hasJoined() {
        return observer.joined(SLOT) != 0;
    }

    /** Reads the data as the observer. */
    int read() {
        return (int) observerMemory.getLong(DATA);
    }
}
