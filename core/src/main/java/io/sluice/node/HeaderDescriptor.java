package io.sluice.node;

import io.sluice.CallOutcome;

/**
 * The layout of the 16 bytes before each message between nodes: two words in the machine's byte
 * order.
 *
 * <pre>
 * first word    bits  0 to  7  kind
 *               bits  8 to 15  0
 *               bits 16 to 31  slot        of the sender; in an answer of the asker
 *               bits 32 to 63  generation  of the sender; in an answer of the asker
 * second word   bits  0 to 47  number      of the request; in a message 0
 *               bits 48 to 63  owner       the low bits of the receiver's generation; in an answer 0
 * </pre>
 */
final class HeaderDescriptor {
    /** The length of the header, in bytes. */
    public static final int HEADER_LENGTH = 16;

    /** The kind of a message that expects no reply. */
    public static final int MESSAGE = 1;

    /** The kind of a request. */
    public static final int REQUEST = 2;

    /** The kind of the reply to a request. */
    public static final int REPLY = 3;

    /** The kind of an answer: the owner of the name has changed, and the request was not done. */
    public static final int NOT_DONE = 4;

    /** The kind of an answer: there will be no reply, and the request may have been done. */
    public static final int UNKNOWN = 5;

    /** The bits of a request's number. */
    static final long NUMBER_MASK = (1L << 48) - 1;

    private static final long KIND_MASK = 0xFFFF;
    private static final int SLOT_SHIFT = 16;
    private static final int SLOT_MASK = 0xFFFF;
    private static final int GENERATION_SHIFT = 32;
    private static final int OWNER_SHIFT = 48;
    private static final long OWNER_MASK = 0xFFFF;

    private HeaderDescriptor() {}

    /** Returns the first word. */
    static long first(int kind, int slot, long generation) {
        return kind | (long) slot << SLOT_SHIFT | generation << GENERATION_SHIFT;
    }

    /** Returns the second word. */
    static long second(long number, long ownerGeneration) {
        return number | ownerGeneration << OWNER_SHIFT;
    }

    /** Returns the kind, or a number that is not a kind if the zero bits are not zero. */
    static int kind(long first) {
        return (int) (first & KIND_MASK);
    }

    static int slot(long first) {
        return (int) (first >>> SLOT_SHIFT) & SLOT_MASK;
    }

    static long generation(long first) {
        return first >>> GENERATION_SHIFT;
    }

    static long number(long second) {
        return second & NUMBER_MASK;
    }

    /** Tests whether a message is for an owner, by the low bits of its generation. */
    static boolean isFor(long second, long ownerGeneration) {
        return second >>> OWNER_SHIFT == (ownerGeneration & OWNER_MASK);
    }

    /**
     * Tests whether a message of an inbox has a header that a node writes.
     *
     * @param lane the lane that it came from
     */
    static boolean isSent(long first, long second, int lane) {
        int kind = kind(first);
        return slot(first) == lane
                && generation(first) != 0
                && (kind == MESSAGE && number(second) == 0
                        || kind == REQUEST && number(second) != 0);
    }

    /** Tests whether an answer has a header that a node writes. */
    static boolean isAnswer(long first, long second) {
        int kind = kind(first);
        return kind >= REPLY
                && kind <= UNKNOWN
                && generation(first) != 0
                && second != 0
                && number(second) == second;
    }

    /** Returns the outcome that an answer of a kind is. */
    static CallOutcome outcome(int kind) {
        return switch (kind) {
            case REPLY -> CallOutcome.REPLIED;
            case NOT_DONE -> CallOutcome.NOT_DONE;
            default -> CallOutcome.UNKNOWN;
        };
    }

    /** Returns the kind of an answer with an outcome; an asker decides itself what timed out. */
    static int kind(CallOutcome outcome) {
        return switch (outcome) {
            case REPLIED -> REPLY;
            case NOT_DONE -> NOT_DONE;
            case TIMED_OUT, UNKNOWN -> UNKNOWN;
        };
    }
}
