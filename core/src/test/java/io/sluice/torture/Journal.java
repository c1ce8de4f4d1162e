package io.sluice.torture;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What one receiver received, in a mapped file: complete up to the kill, because each entry is
 * written before the count that covers it.
 */
final class Journal {
    private static final int HEADER = 64;
    private static final int ENTRY = 24;
    private static final int ENTRIES = 8_000_000; // Sparse: pages are allocated on first use.
    private static final int ATTEMPT_SHIFT = 32;
    private static final int CORRUPT_SHIFT = 40;
    private static final int GATED_SHIFT = 41;
    private static final int GAP_SHIFT = 42;
    private static final long MAX_GAP = (1L << Long.SIZE - GAP_SHIFT) - 1;
    private static final VarHandle COUNT = ValueLayout.JAVA_LONG.varHandle();
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final MemorySegment memory;

    private Journal(MemorySegment memory) {
        this.memory = memory;
    }

    static Path path(Path directory, int receiver) {
        return directory.resolve("receiver-" + receiver);
    }

    static Journal open(Path directory, int receiver) throws IOException {
        try (FileChannel file =
                FileChannel.open(
                        path(directory, receiver),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            long size = HEADER + (long) ENTRY * ENTRIES;
            return new Journal(file.map(FileChannel.MapMode.READ_WRITE, 0, size, Arena.ofAuto()));
        }
    }

    /** Records a delivery; the handler calls it first. */
    void append(int sender, long number, int attempt) {
        long count = count();
        long at = HEADER + ENTRY * count;
        memory.set(LONG, at, sender & 0xffff_ffffL | (long) attempt << ATTEMPT_SHIFT);
        memory.set(LONG, at + 8, number);
        memory.set(LONG, at + 16, System.nanoTime());
        COUNT.setRelease(memory, 0L, count + 1);
    }

    /**
     * Records that the last message was not sent by any sender, or changed while it was handled.
     */
    void markCorrupt() {
        markCorrupt(count() - 1);
    }

    /** Records that for an earlier message, possibly at the same time as other threads. */
    synchronized void markCorrupt(long index) {
        long at = HEADER + ENTRY * index;
        memory.set(LONG, at, memory.get(LONG, at) | 1L << CORRUPT_SHIFT);
    }

    /**
     * Records how many messages a receiver of a broadcast lost before the last one, and how it is
     * treated.
     */
    void markGap(long messages, boolean gated) {
        long at = HEADER + ENTRY * (count() - 1);
        long gap = Math.min(messages, MAX_GAP) << GAP_SHIFT | (gated ? 1L << GATED_SHIFT : 0);
        memory.set(LONG, at, memory.get(LONG, at) | gap);
    }

    /** Returns how many messages the receiver counted as lost before one. */
    long gap(long index) {
        return word(index, 0) >>> GAP_SHIFT;
    }

    boolean isGated(long index) {
        return (word(index, 0) >>> GATED_SHIFT & 1) != 0;
    }

    long count() {
        return (long) COUNT.getAcquire(memory, 0L);
    }

    int sender(long index) {
        return (int) word(index, 0);
    }

    int deliveryAttempt(long index) {
        return (int) (word(index, 0) >>> ATTEMPT_SHIFT) & 0xff;
    }

    boolean isCorrupt(long index) {
        return (word(index, 0) >>> CORRUPT_SHIFT & 1) != 0;
    }

    long number(long index) {
        return word(index, 8);
    }

    long nanos(long index) {
        return word(index, 16);
    }

    private long word(long index, int offset) {
        return memory.get(LONG, HEADER + ENTRY * index + offset);
    }
}
