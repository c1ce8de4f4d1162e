package io.sluice.aeron;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Which messages to one name a bridge of nodes has delivered: for each lane of the inbox of that
 * name on the other machine, the position of the last one, and the <em>intent</em> of {@link
 * DeliveryLog}. An intent is for each lane here, since each sender has a link of its own to the
 * name: the commit record is the position of that link.
 *
 * <p>An intent of an earlier process is decided when the first message of its lane comes again.
 * Between the two only a node here that takes the sender's name, and sends to the same name, could
 * make it wrong.
 *
 * <p>Invariant: a message whose position is not beyond that of its lane was delivered.
 *
 * <p>One thread at a time: the process that owns the bridge's name in the directory.
 */
final class LinkLog implements AutoCloseable {
    private static final long MAGIC = 0x53_4c_4e_4f_44_45_30_31L; // "SLNODE01"
    private static final long ORIGIN_OFFSET = 8;
    private static final long LANES_OFFSET = 64;
    private static final int MAX_LANES = 4096;

    /** In a lane: the position of the last message that was delivered. */
    private static final long DELIVERED_OFFSET = 0;

    /** In a lane: the position of the message that is sent next; 0 if there is no intent. */
    private static final long INTENT_OFFSET = 8;

    /** In a lane: the position of the link before that. */
    private static final long SENT_OFFSET = 16;

    private static final long LANE_LENGTH = 32;
    private static final long LENGTH = LANES_OFFSET + MAX_LANES * LANE_LENGTH;

    private final LogFile words;

    private LinkLog(LogFile words) {
        this.words = words;
    }

    /** Opens or creates the log. */
    static LinkLog open(Path file) throws IOException {
        LogFile words = LogFile.open(file, LENGTH, MAGIC, "move it away");
        words.setMagic();
        return new LinkLog(words);
    }

    /** Begins with messages of an inbox; forgets those of another one. */
    void from(UUID inbox) {
        long high = inbox.getMostSignificantBits();
        long low = inbox.getLeastSignificantBits();
        if (words.get(ORIGIN_OFFSET) != high || words.get(ORIGIN_OFFSET + Long.BYTES) != low) {
            words.clear(LANES_OFFSET);
            words.set(ORIGIN_OFFSET, high);
            words.set(ORIGIN_OFFSET + Long.BYTES, low);
        }
    }

    /**
     * Tests whether a message was delivered, and decides on the intent of an earlier process.
     *
     * @param sent the position of the link that it is sent over
     */
    boolean isDelivered(int lane, long position, long sent) {
        long at = offset(lane);
        long intended = words.get(at + INTENT_OFFSET);
        if (intended != 0) {
            if (sent > words.get(at + SENT_OFFSET)) {
                words.set(at + DELIVERED_OFFSET, intended);
            }
            words.set(at + INTENT_OFFSET, 0);
        }
        return position <= words.get(at + DELIVERED_OFFSET);
    }

    /**
     * Stores which message is sent next.
     *
     * @param sent the position of the link before that
     */
    void intend(int lane, long position, long sent) {
        long at = offset(lane);
        words.set(at + SENT_OFFSET, sent);
        words.set(at + INTENT_OFFSET, position);
    }

    /** Stores that the message that was intended was sent, or that it is not sent now. */
    void decide(int lane, boolean wasSent) {
        long at = offset(lane);
        if (wasSent) {
            words.set(at + DELIVERED_OFFSET, words.get(at + INTENT_OFFSET));
        }
        words.set(at + INTENT_OFFSET, 0);
    }

    private static long offset(int lane) {
        if (lane < 0 || lane >= MAX_LANES) {
            throw new IllegalArgumentException("lane=" + lane + " is not in 0.." + MAX_LANES);
        }
        return LANES_OFFSET + lane * LANE_LENGTH;
    }

    @Override
    public void close() {
        words.close();
    }
}
