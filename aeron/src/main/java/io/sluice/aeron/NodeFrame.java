package io.sluice.aeron;

import io.sluice.CallOutcome;
import java.util.UUID;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The layout of what bridges of nodes send each other besides confirmations, in little-endian
 * order. The names that a machine has:
 *
 * <pre>
 *   0  kind: NAMES, with the bits FIRST and LAST: the names may take several frames
 *   4  the number of names in this frame
 *   8  the epoch, as in a confirmation
 *  16  for each name: the capacity of its inbox, its longest message, its length, and the name in
 *      ASCII, aligned to 4
 * </pre>
 *
 * <p>A message or a request has the header of {@link BridgeFrame}, about the inbox of the name that
 * it is to, here: the lane of its sender, and the position of its end. Then:
 *
 * <pre>
 *  56  the number of the call, 0 in a message
 *  64  the length of the sender's name
 *  68  the length of the receiver's name
 *  72  the two names in ASCII, together aligned to 8; then the message
 * </pre>
 *
 * <p>A run, and an answer:
 *
 * <pre>
 *   0  kind: ENDED                          0  kind: ANSWER
 *   4  unused, 0                            4  the outcome, by its number
 *   8  the run, nothing more of which       8  the number of the call
 *      is taken                            16  the reply
 * </pre>
 */
final class NodeFrame {
    static final int MESSAGE = 16;
    static final int REQUEST = 17;

    /** A request that is over, and is not to be done. */
    static final int VOID = 18;

    static final int NAMES = 19;
    static final int ENDED = 20;
    static final int ANSWER = 21;

    static final int FIRST = 0x100;
    static final int LAST = 0x200;

    static final int NAMES_HEADER_LENGTH = 16;
    static final int ENDED_LENGTH = 16;
    static final int ANSWER_HEADER_LENGTH = 16;

    private static final int MAX_NAME_LENGTH = 64;
    private static final int CALL_OFFSET = BridgeFrame.HEADER_LENGTH;
    private static final int FROM_LENGTH_OFFSET = CALL_OFFSET + Long.BYTES;
    private static final int TO_LENGTH_OFFSET = FROM_LENGTH_OFFSET + Integer.BYTES;
    private static final int FROM_OFFSET = TO_LENGTH_OFFSET + Integer.BYTES;

    /** The most bytes before the message in a frame. */
    static final int MAX_HEADER_LENGTH = FROM_OFFSET + 2 * MAX_NAME_LENGTH;

    private static final int NAME_ENTRY_OFFSET = 3 * Integer.BYTES;

    /** A name that a machine has, and what its inbox takes. */
    record NamedInbox(String name, int capacity, int longest) {
        private int length() {
            return NAME_ENTRY_OFFSET + BitUtil.align(name.length(), Integer.BYTES);
        }
    }

    private NodeFrame() {}

    static boolean hasBit(DirectBuffer frame, int offset, int bit) {
        return (frame.getInt(offset) & bit) != 0;
    }

    /** Tests whether a frame is whole, as far as its own lengths tell. */
    static boolean isMessage(DirectBuffer frame, int offset, int length) {
        return length >= FROM_OFFSET
                && isNameLength(frame.getInt(offset + FROM_LENGTH_OFFSET))
                && isNameLength(frame.getInt(offset + TO_LENGTH_OFFSET))
                && contentOffset(frame, offset) <= length;
    }

    private static boolean isNameLength(int length) {
        return length >= 1 && length <= MAX_NAME_LENGTH;
    }

    static long call(DirectBuffer frame, int offset) {
        return frame.getLong(offset + CALL_OFFSET);
    }

    static String from(DirectBuffer frame, int offset) {
        int length = frame.getInt(offset + FROM_LENGTH_OFFSET);
        return frame.getStringWithoutLengthAscii(offset + FROM_OFFSET, length);
    }

    static String to(DirectBuffer frame, int offset) {
        int begin = FROM_OFFSET + frame.getInt(offset + FROM_LENGTH_OFFSET);
        int length = frame.getInt(offset + TO_LENGTH_OFFSET);
        return frame.getStringWithoutLengthAscii(offset + begin, length);
    }

    /** Returns the offset of the message in its frame. */
    static int contentOffset(DirectBuffer frame, int offset) {
        int from = frame.getInt(offset + FROM_LENGTH_OFFSET);
        int to = frame.getInt(offset + TO_LENGTH_OFFSET);
        return FROM_OFFSET + BitUtil.align(from + to, Long.BYTES);
    }

    /** Returns the offset of a message in a frame that is not written yet. */
    static int contentOffset(String from, String to) {
        return FROM_OFFSET + BitUtil.align(from.length() + to.length(), Long.BYTES);
    }

    static UUID origin(DirectBuffer frame, int offset) {
        return new UUID(BridgeFrame.pipeHigh(frame, offset), BridgeFrame.pipeLow(frame, offset));
    }

    /** Writes what is between the header and the message. */
    static void putAddress(MutableDirectBuffer frame, long call, String from, String to) {
        frame.putLong(CALL_OFFSET, call);
        frame.putInt(FROM_LENGTH_OFFSET, from.length());
        frame.putInt(TO_LENGTH_OFFSET, to.length());
        frame.putStringWithoutLengthAscii(FROM_OFFSET, from);
        frame.putStringWithoutLengthAscii(FROM_OFFSET + from.length(), to);
    }

    static void putEnded(MutableDirectBuffer frame, long run) {
        frame.putLong(0, ENDED);
        frame.putLong(Long.BYTES, run);
    }

    static long endedRun(DirectBuffer frame, int offset) {
        return frame.getLong(offset + Long.BYTES);
    }

    static void putAnswer(MutableDirectBuffer frame, CallOutcome outcome, long call) {
        frame.putInt(0, ANSWER);
        frame.putInt(Integer.BYTES, outcome.ordinal());
        frame.putLong(Long.BYTES, call);
    }

    /** Returns the outcome of an answer; what a later version may say is unknown. */
    static CallOutcome outcome(DirectBuffer frame, int offset) {
        int number = frame.getInt(offset + Integer.BYTES);
        CallOutcome[] outcomes = CallOutcome.values();
        return number >= 0 && number < outcomes.length ? outcomes[number] : CallOutcome.UNKNOWN;
    }

    static long answeredCall(DirectBuffer frame, int offset) {
        return frame.getLong(offset + Long.BYTES);
    }

    /**
     * Adds a name to a frame.
     *
     * @param at where the frame ends so far
     * @return where it ends now; -1 if it would be longer than the limit
     */
    static int addName(MutableDirectBuffer frame, int at, int limit, NamedInbox inbox) {
        if (at + inbox.length() > limit) {
            return -1;
        }
        frame.putInt(at, inbox.capacity());
        frame.putInt(at + Integer.BYTES, inbox.longest());
        frame.putInt(at + 2 * Integer.BYTES, inbox.name().length());
        frame.putStringWithoutLengthAscii(at + NAME_ENTRY_OFFSET, inbox.name());
        return at + inbox.length();
    }

    static void putNames(MutableDirectBuffer frame, int bits, int count, long epoch) {
        frame.putInt(0, NAMES | bits);
        frame.putInt(Integer.BYTES, count);
        frame.putLong(Long.BYTES, epoch);
    }

    static long namesEpoch(DirectBuffer frame, int offset) {
        return frame.getLong(offset + Long.BYTES);
    }

    static int nameCount(DirectBuffer frame, int offset) {
        return frame.getInt(offset + Integer.BYTES);
    }

    /**
     * Returns the name whose entry begins at a place.
     *
     * @param end where the frame ends
     * @return the name; null if the entry is none
     */
    static NamedInbox name(DirectBuffer frame, int at, int end) {
        if (at + NAME_ENTRY_OFFSET > end) {
            return null;
        }
        int length = frame.getInt(at + 2 * Integer.BYTES);
        if (!isNameLength(length) || at + NAME_ENTRY_OFFSET + length > end) {
            return null;
        }
        return new NamedInbox(
                frame.getStringWithoutLengthAscii(at + NAME_ENTRY_OFFSET, length),
                frame.getInt(at),
                frame.getInt(at + Integer.BYTES));
    }

    /** Returns the length of a name's entry. */
    static int length(NamedInbox inbox) {
        return inbox.length();
    }
}
