package io.sluice.fuzz;

import io.sluice.memory.Memory;

/** A fuzzer's input, read as a program: small numbers, words, and changes to memory. */
public final class FuzzInput {
    private final byte[] bytes;
    private int next;

    public FuzzInput(byte[] bytes) {
        this.bytes = bytes;
    }

    public boolean hasMore() {
        return next < bytes.length;
    }

    /** Returns a number in 0..limit - 1, from one byte; 0 at the end. */
    public int consumeInt(int limit) {
        return hasMore() ? (bytes[next++] & 0xff) % limit : 0;
    }

    /** Returns a number in 0..limit - 1, from two bytes. */
    public int consumeWide(int limit) {
        return (consumeInt(256) << 8 | consumeInt(256)) % limit;
    }

    public long consumeLong() {
        long word = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            word = word << 8 | consumeInt(256);
        }
        return word;
    }

    /** Overwrites a word of a memory as a hostile peer would. */
    public void corrupt(Memory memory) {
        corrupt(memory, 0, (int) Math.min(memory.size(), 1 << 16));
    }

    /** Overwrites a word in a part of a memory. */
    public void corrupt(Memory memory, int from, int length) {
        long offset = from + consumeWide(length / Long.BYTES) * (long) Long.BYTES;
        long word = memory.getLong(offset);
        long written =
                switch (consumeInt(8)) {
                    case 0, 1 -> word ^ 1L << consumeInt(64);
                    case 2 -> consumeLong();
                    case 3 -> consumeInt(256);
                    case 4 -> memory.getLong(consumeWide(4096) * 8L);
                    case 5 -> -1L >>> consumeInt(64);
                    case 6 -> word + 8L * (consumeInt(256) - 128);
                    default -> word + ((long) (consumeInt(256) - 128) << consumeInt(64));
                };
        memory.setLong(offset, written);
    }
}
