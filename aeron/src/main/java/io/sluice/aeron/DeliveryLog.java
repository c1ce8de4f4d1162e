package io.sluice.aeron;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Which messages the receiving half of a bridge has put into its pipe: for each lane of the pipe
 * there, the position of the last one. It is a file beside the pipe, mapped, so it survives the
 * death of the process as the pipe does, and like it not the machine's.
 *
 * <p>A send into the pipe and a store into this file are two steps. So the file also has an
 * <em>intent</em>, stored before a send: which message, and where the pipe's lane was then. A
 * successor finds the lane there still, and the message was not sent; or further, and it was. (A
 * write-ahead log of one entry, of which the pipe is the commit record.)
 *
 * <p>Invariant: a message whose position is not beyond that of its lane is in the pipe.
 *
 * <p>One thread at a time: the process that has the pipe's only sender.
 */
final class DeliveryLog implements AutoCloseable {
    private static final long MAGIC = 0x53_4c_42_52_44_47_30_31L; // "SLBRDG01"
    private static final long ORIGIN_OFFSET = 8;
    private static final long PIPE_OFFSET = 24;
    private static final long RECORDING_OFFSET = 40;
    static final long RECORDED_OFFSET = 48;
    private static final long INTENT_VALID_OFFSET = 64;
    private static final long INTENT_LANE_OFFSET = 72;
    private static final long INTENT_POSITION_OFFSET = 80;
    private static final long INTENT_SENT_OFFSET = 88;
    private static final long LANES_OFFSET = 128;
    private static final int MAX_LANES = 4096;
    private static final long LENGTH = LANES_OFFSET + (long) MAX_LANES * Long.BYTES;

    private final Path file;
    private final LogFile words;

    private DeliveryLog(Path file, LogFile words) {
        this.file = file;
        this.words = words;
    }

    /**
     * Opens or creates the log.
     *
     * @param pipe the identity of the pipe that is sent into
     * @param sent the position of its only sender
     */
    static DeliveryLog open(Path file, UUID pipe, long sent) throws IOException {
        LogFile words = LogFile.open(file, LENGTH, MAGIC, "move it away, or choose another pipe");
        boolean recovered = false;
        try {
            DeliveryLog log = new DeliveryLog(file, words);
            log.recover(pipe, sent);
            recovered = true;
            return log;
        } finally {
            if (!recovered) {
                words.close();
            }
        }
    }

    private void recover(UUID pipe, long sent) {
        boolean same =
                words.get(PIPE_OFFSET) == pipe.getMostSignificantBits()
                        && words.get(PIPE_OFFSET + Long.BYTES) == pipe.getLeastSignificantBits();
        if (same && words.get(INTENT_VALID_OFFSET) != 0 && sent > words.get(INTENT_SENT_OFFSET)) {
            deliver((int) words.get(INTENT_LANE_OFFSET), words.get(INTENT_POSITION_OFFSET));
        }
        words.set(INTENT_VALID_OFFSET, 0); // Of another pipe, or done.
        words.set(PIPE_OFFSET, pipe.getMostSignificantBits());
        words.set(PIPE_OFFSET + Long.BYTES, pipe.getLeastSignificantBits());
        words.setMagic();
    }

    /** Begins with messages of a pipe; forgets those of another one. */
    void from(long originHigh, long originLow) {
        if (words.get(ORIGIN_OFFSET) != originHigh
                || words.get(ORIGIN_OFFSET + Long.BYTES) != originLow) {
            words.set(INTENT_VALID_OFFSET, 0);
            for (int lane = 0; lane < MAX_LANES; lane++) {
                words.set(offset(lane), 0);
            }
            words.set(ORIGIN_OFFSET, originHigh);
            words.set(ORIGIN_OFFSET + Long.BYTES, originLow);
        }
    }

    /** Tests whether a message is in the pipe. */
    boolean isDelivered(int lane, long position) {
        return position < words.get(offset(lane));
    }

    /**
     * Stores which message is sent next.
     *
     * @param sent the position of the pipe's sender before that
     */
    void intend(int lane, long position, long sent) {
        words.set(INTENT_VALID_OFFSET, 0); // While the words are of different messages.
        words.set(INTENT_LANE_OFFSET, lane);
        words.set(INTENT_POSITION_OFFSET, position);
        words.set(INTENT_SENT_OFFSET, sent);
        words.set(INTENT_VALID_OFFSET, 1);
    }

    /** Stores that a message is in the pipe. */
    void deliver(int lane, long position) {
        words.set(offset(lane), position + 1);
    }

    /** Returns up to which position a recording was delivered; 0 if nothing of it was. */
    long recorded(long recording) {
        return words.get(RECORDING_OFFSET) == recording ? words.get(RECORDED_OFFSET) : 0;
    }

    /** Stores up to which position a recording was delivered. */
    void recorded(long recording, long position) {
        if (words.get(RECORDING_OFFSET) != recording) {
            words.set(RECORDED_OFFSET, 0); // While the words are of different recordings.
            words.set(RECORDING_OFFSET, recording);
        }
        words.set(RECORDED_OFFSET, position);
    }

    private static long offset(int lane) {
        if (lane < 0 || lane >= MAX_LANES) {
            throw new IllegalArgumentException("lane=" + lane + " is not in 0.." + MAX_LANES);
        }
        return LANES_OFFSET + (long) lane * Long.BYTES;
    }

    /** Removes the file: the stream has ended. */
    void delete() throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public void close() {
        words.close();
    }
}
