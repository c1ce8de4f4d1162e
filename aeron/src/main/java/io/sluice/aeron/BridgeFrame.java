package io.sluice.aeron;

import java.util.UUID;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The layout of what the halves of a bridge send each other, in little-endian order. A frame of
 * messages has a header, and for each message its length, the distance of its position in the lane
 * from the frame's, and its bytes, aligned to 8:
 *
 * <pre>
 *   0  kind: MESSAGES or END, with the bit START
 *   4  the lane that the messages came through
 *   8  the run: a number that each start of the sending half chooses
 *  16  the sequence of the first message in the run, from 1
 *  24  the position of the first message in the lane
 *  32  the identity of the pipe, 16 bytes
 *  48  the number of messages; END counts as one
 *  52  unused, 0
 * </pre>
 *
 * <p>START: all before the frame was confirmed. A confirmation has:
 *
 * <pre>
 *   0  kind: CONFIRMATION, with the bit GAP
 *   4  unused, 0
 *   8  the run, 0 if none is known
 *  16  the sequence that is expected next: all before it is in the pipe
 *  24  the epoch: another number whenever what was sent before may not have arrived
 *  32  the identity of the recording that is read, 0 without an archive
 *  40  a position in it: all before that is in the pipe, and recorded
 * </pre>
 */
final class BridgeFrame {
    static final int MESSAGES = 1;
    static final int END = 2;
    static final int CONFIRMATION = 3;

    /** In the kind of a frame: all before it was confirmed. */
    static final int START = 0x100;

    /** In the kind of a confirmation: something is missing. */
    static final int GAP = 0x100;

    static final int HEADER_LENGTH = 56;
    static final int ENTRY_HEADER_LENGTH = 8;
    static final int CONFIRMATION_LENGTH = 48;

    private static final int KIND_MASK = 0xff;
    private static final int KIND_OFFSET = 0;
    private static final int LANE_OFFSET = 4;
    private static final int RUN_OFFSET = 8;
    private static final int SEQUENCE_OFFSET = 16;
    private static final int POSITION_OFFSET = 24;
    private static final int EPOCH_OFFSET = 24;
    private static final int PIPE_OFFSET = 32;
    private static final int COUNT_OFFSET = 48;
    private static final int RECORDING_OFFSET = 32;
    private static final int RECORDED_OFFSET = 40;

    private BridgeFrame() {}

    /** Returns the length that a message takes in a frame. */
    static int entryLength(int messageLength) {
        return ENTRY_HEADER_LENGTH + BitUtil.align(messageLength, Long.BYTES);
    }

    static int kind(DirectBuffer frame, int offset) {
        return frame.getInt(offset + KIND_OFFSET) & KIND_MASK;
    }

    static boolean isFlagged(DirectBuffer frame, int offset) {
        return (frame.getInt(offset + KIND_OFFSET) & ~KIND_MASK) != 0;
    }

    /** Tests whether it is the first frame of a batch: all before it was confirmed. */
    static boolean isStart(DirectBuffer frame, int offset, int length) {
        return isOfMessages(frame, offset, length) && isFlagged(frame, offset);
    }

    /** Tests whether it is a frame of messages, or the end of them. */
    static boolean isOfMessages(DirectBuffer frame, int offset, int length) {
        return length >= HEADER_LENGTH
                && (kind(frame, offset) == MESSAGES || kind(frame, offset) == END);
    }

    static void putKind(MutableDirectBuffer frame, int offset, int kind) {
        frame.putInt(offset + KIND_OFFSET, kind);
    }

    static int lane(DirectBuffer frame, int offset) {
        return frame.getInt(offset + LANE_OFFSET);
    }

    static long run(DirectBuffer frame, int offset) {
        return frame.getLong(offset + RUN_OFFSET);
    }

    static long sequence(DirectBuffer frame, int offset) {
        return frame.getLong(offset + SEQUENCE_OFFSET);
    }

    static long position(DirectBuffer frame, int offset) {
        return frame.getLong(offset + POSITION_OFFSET);
    }

    static long epoch(DirectBuffer frame, int offset) {
        return frame.getLong(offset + EPOCH_OFFSET);
    }

    static long pipeHigh(DirectBuffer frame, int offset) {
        return frame.getLong(offset + PIPE_OFFSET);
    }

    static long pipeLow(DirectBuffer frame, int offset) {
        return frame.getLong(offset + PIPE_OFFSET + Long.BYTES);
    }

    static int count(DirectBuffer frame, int offset) {
        return frame.getInt(offset + COUNT_OFFSET);
    }

    static void putCount(MutableDirectBuffer frame, int offset, int count) {
        frame.putInt(offset + COUNT_OFFSET, count);
    }

    static void putHeader(
            MutableDirectBuffer frame,
            int offset,
            int kind,
            int lane,
            long run,
            long sequence,
            long position,
            UUID pipe) {
        putKind(frame, offset, kind);
        frame.putInt(offset + LANE_OFFSET, lane);
        frame.putLong(offset + RUN_OFFSET, run);
        frame.putLong(offset + SEQUENCE_OFFSET, sequence);
        frame.putLong(offset + POSITION_OFFSET, position);
        frame.putLong(offset + PIPE_OFFSET, pipe.getMostSignificantBits());
        frame.putLong(offset + PIPE_OFFSET + Long.BYTES, pipe.getLeastSignificantBits());
        frame.putLong(offset + COUNT_OFFSET, 0);
    }

    static void putConfirmation(
            MutableDirectBuffer frame, boolean gap, long run, long next, long epoch) {
        frame.putLong(0, CONFIRMATION | (gap ? GAP : 0));
        frame.putLong(RUN_OFFSET, run);
        frame.putLong(SEQUENCE_OFFSET, next);
        frame.putLong(EPOCH_OFFSET, epoch);
        putRecorded(frame, 0, 0);
    }

    static void putRecorded(MutableDirectBuffer confirmation, long recording, long position) {
        confirmation.putLong(RECORDING_OFFSET, recording);
        confirmation.putLong(RECORDED_OFFSET, position);
    }

    static long recording(DirectBuffer confirmation, int offset) {
        return confirmation.getLong(offset + RECORDING_OFFSET);
    }

    static long recordedPosition(DirectBuffer confirmation, int offset) {
        return confirmation.getLong(offset + RECORDED_OFFSET);
    }
}
