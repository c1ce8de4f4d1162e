package io.sluice.compare.transport;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The content of every message, independent of the mechanism: a sequence number, and then words
 * derived from it up to the last byte that is touched, usually the last of the message. Every word
 * is written for every message and checked in every message, so that every mechanism touches its
 * whole payload.
 */
public final class Payload {
    /** The smallest message: the sequence number. */
    public static final int MIN_SIZE = Long.BYTES;

    /** The number of senders that a receiver can distinguish. */
    public static final int MAX_SENDERS = 16;

    /** The bits of a number below those of its sender. */
    private static final int SENDER_SHIFT = 40;

    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private final int size;
    private final int touched;
    private boolean corrupting;
    private final long[] expected = new long[MAX_SENDERS];
    private long marker;
    private long lost;
    private long duplicated;
    private long corrupted;

    /**
     * Messages of one size, every byte of them touched.
     *
     * @param size in bytes, a multiple of 8, at least {@link #MIN_SIZE}
     */
    public Payload(int size) {
        this(size, size);
    }

    /**
     * Messages of one size.
     *
     * @param size in bytes, a multiple of 8, at least {@link #MIN_SIZE}
     * @param touched how many of its first bytes are written and checked, likewise
     */
    public Payload(int size, int touched) {
        if (size < MIN_SIZE || size % Long.BYTES != 0) {
            throw new IllegalArgumentException(
                    "size=" + size + " is not a multiple of 8 of at least " + MIN_SIZE);
        }
        this.size = size;
        this.touched = touched;
    }

    /**
     * Returns how long every message is.
     *
     * @return the size in bytes
     */
    public int size() {
        return size;
    }

    /**
     * Writes a message.
     *
     * @param memory where to
     * @param offset where it begins there
     * @param sequence its number
     */
    public void write(MemorySegment memory, long offset, long sequence) {
        memory.set(WORD, offset, sequence);
        long word = sequence;
        for (int i = Long.BYTES; i < touched; i += Long.BYTES) {
            word += MIX;
            memory.set(WORD, offset + i, word);
        }
        if (corrupting) {
            corrupting = false;
            memory.set(WORD, offset + touched - Long.BYTES, word ^ 1);
        }
    }

    /**
     * Writes the next message with a bit of its last word changed, to verify that the check finds
     * it.
     */
    public void corruptNext() {
        corrupting = true;
    }

    /**
     * Checks a message, and counts what is wrong with it.
     *
     * @param memory where it is
     * @param offset where it begins there
     * @param length how long it is
     */
    public void verify(MemorySegment memory, long offset, int length) {
        if (length != size) {
            corrupted++;
            return;
        }
        long sequence = memory.get(WORD, offset);
        long word = sequence;
        long wrong = 0;
        for (int i = Long.BYTES; i < touched; i += Long.BYTES) {
            word += MIX;
            wrong |= word ^ memory.get(WORD, offset + i);
        }
        if (wrong != 0) {
            corrupted++;
        }
        accept(sequence);
    }

    /**
     * Records the number of a message. A negative number is a marker, which stands outside the
     * sequence.
     *
     * @param sequence the number
     */
    public void accept(long sequence) {
        if (sequence < 0) {
            marker = sequence;
            return;
        }
        int sender = (int) (sequence >>> SENDER_SHIFT) & MAX_SENDERS - 1;
        long number = sequence & (1L << SENDER_SHIFT) - 1;
        if (number > expected[sender]) {
            lost += number - expected[sender];
        } else if (number < expected[sender]) {
            duplicated++;
            return;
        }
        expected[sender] = number + 1;
    }

    /**
     * Returns the first number of a sender, where there are several.
     *
     * @param sender which one, 0 to {@link #MAX_SENDERS} - 1
     * @return the number; that of sender 0 is 0
     */
    public static long firstOf(int sender) {
        return (long) sender << SENDER_SHIFT;
    }

    /**
     * Returns how many messages have arrived from each sender, if none was lost.
     *
     * @param senders how many there are
     * @return as many numbers
     */
    public long[] expectedOf(int senders) {
        return Arrays.copyOf(expected, senders);
    }

    /**
     * Returns the number that the next message of the only sender should have; as many have
     * arrived, if none was lost.
     *
     * @return the number
     */
    public long expected() {
        return expected[0];
    }

    /**
     * Returns the last marker that arrived, once.
     *
     * @return the negative number, or 0 if none has arrived since
     */
    public long takeMarker() {
        long taken = marker;
        marker = 0;
        return taken;
    }

    /**
     * Returns the number of messages that never arrived.
     *
     * @return how many
     */
    public long lost() {
        return lost;
    }

    /**
     * Returns the number of messages that arrived again.
     *
     * @return how many
     */
    public long duplicated() {
        return duplicated;
    }

    /**
     * Returns the number of messages with a wrong length or content.
     *
     * @return how many
     */
    public long corrupted() {
        return corrupted;
    }
}
