package io.sluice.aeron;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
    private static final long MAGIC_OFFSET = 0;
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
    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

    private final Arena arena;
    private final MemorySegment memory;

    private LinkLog(Arena arena, MemorySegment memory) {
        this.arena = arena;
        this.memory = memory;
    }

    /** Opens or creates the log. */
    static LinkLog open(Path file) throws IOException {
        Arena arena = Arena.ofShared();
        LinkLog log = null;
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            MemorySegment memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, LENGTH, arena);
            LinkLog opened = new LinkLog(arena, memory);
            long magic = opened.get(MAGIC_OFFSET);
            if (magic != 0 && magic != MAGIC) {
                throw new IOException(file + " is not the log of a bridge: move it away");
            }
            opened.set(MAGIC_OFFSET, MAGIC);
            log = opened;
            return log;
        } finally {
            if (log == null) {
                arena.close();
            }
        }
    }

    /** Begins with messages of an inbox; forgets those of another one. */
    void from(UUID inbox) {
        long high = inbox.getMostSignificantBits();
        long low = inbox.getLeastSignificantBits();
        if (get(ORIGIN_OFFSET) != high || get(ORIGIN_OFFSET + Long.BYTES) != low) {
            memory.asSlice(LANES_OFFSET).fill((byte) 0);
            set(ORIGIN_OFFSET, high);
            set(ORIGIN_OFFSET + Long.BYTES, low);
        }
    }

    /**
     * Tests whether a message was delivered, and decides on the intent of an earlier process.
     *
     * @param sent the position of the link that it is sent over
     */
    boolean isDelivered(int lane, long position, long sent) {
        long at = offset(lane);
        long intended = get(at + INTENT_OFFSET);
        if (intended != 0) {
            if (sent > get(at + SENT_OFFSET)) {
                set(at + DELIVERED_OFFSET, intended);
            }
            set(at + INTENT_OFFSET, 0);
        }
        return position <= get(at + DELIVERED_OFFSET);
    }

    /**
     * Stores which message is sent next.
     *
     * @param sent the position of the link before that
     */
    void intend(int lane, long position, long sent) {
        long at = offset(lane);
        set(at + SENT_OFFSET, sent);
        set(at + INTENT_OFFSET, position);
    }

    /** Stores that the message that was intended was sent, or that it is not sent now. */
    void decide(int lane, boolean wasSent) {
        long at = offset(lane);
        if (wasSent) {
            set(at + DELIVERED_OFFSET, get(at + INTENT_OFFSET));
        }
        set(at + INTENT_OFFSET, 0);
    }

    private static long offset(int lane) {
        if (lane < 0 || lane >= MAX_LANES) {
            throw new IllegalArgumentException("lane=" + lane + " is not in 0.." + MAX_LANES);
        }
        return LANES_OFFSET + lane * LANE_LENGTH;
    }

    private long get(long offset) {
        return (long) WORD.getAcquire(memory, offset);
    }

    /** Stores in program order: a process that is killed has done all stores up to one. */
    private void set(long offset, long value) {
        WORD.setRelease(memory, offset, value);
    }

    @Override
    public void close() {
        arena.close();
    }
}
