package io.sluice.fuzz;

import io.sluice.memory.Memory;

/** A fuzzer's input, read as a program: small numbers, words, and changes to memory. */
public final class Program {
    private final byte[] bytes;
    private int next;

    public Program(byte[] bytes) {
        this.bytes = bytes;
    }

    public boolean hasMore() {
        return next < bytes.length;
    }

    /** Returns a number in 0..limit - 1, from one byte; 0 at the end. */
    public int number(int limit) {
        return hasMore() ? (bytes[next++] & 0xff) % limit : 0;
    }

    /** Returns a number in 0..limit - 1, from two bytes. */
    public int wide(int limit) {
        return (number(256) << 8 | number(256)) % limit;
    }

    public long word() {
        long word = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            word = word << 8 | number(256);
        }
        return word;
    }

    /** Overwrites a word of a memory as a hostile peer would. */
    public void spoil(Memory memory) {
        spoil(memory, 0, (int) Math.min(memory.size(), 1 << 16));
    }

    /** Overwrites a word in a part of a memory. */
    public void spoil(Memory memory, int from, int length) {
        long offset = from + wide(length / Long.BYTES) * (long) Long.BYTES;
        long word = memory.getLong(offset);
        long written =
                switch (number(8)) {
                    case 0, 1 -> word ^ 1L << number(64);
                    case 2 -> word();
                    case 3 -> number(256);
                    case 4 -> memory.getLong(wide(4096) * 8L);
                    case 5 -> -1L >>> number(64);
                    case 6 -> word + 8L * (number(256) - 128);
                    default -> word + ((long) (number(256) - 128) << number(64));
                };
        memory.setLong(offset, written);
    }
}
