package io.sluice.aeron;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
    private static final long MAGIC_OFFSET = 0;
    private static final long ORIGIN_OFFSET = 8;
    private static final long PIPE_OFFSET = 24;
    private static final long INTENT_VALID_OFFSET = 64;
    private static final long INTENT_LANE_OFFSET = 72;
    private static final long INTENT_POSITION_OFFSET = 80;
    private static final long INTENT_SENT_OFFSET = 88;
    private static final long LANES_OFFSET = 128;
    private static final int MAX_LANES = 4096;
    private static final long LENGTH = LANES_OFFSET + (long) MAX_LANES * Long.BYTES;
    private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

    private final Path file;
    private final Arena arena;
    private final MemorySegment memory;

    private DeliveryLog(Path file, Arena arena, MemorySegment memory) {
        this.file = file;
        this.arena = arena;
        this.memory = memory;
    }

    /**
     * Opens or creates the log.
     *
     * @param pipe the identity of the pipe that is sent into
     * @param sent the position of its only sender
     */
    static DeliveryLog open(Path file, UUID pipe, long sent) throws IOException {
        Arena arena = Arena.ofShared();
        DeliveryLog log = null;
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            MemorySegment memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, LENGTH, arena);
            log = new DeliveryLog(file, arena, memory);
            log.recover(pipe, sent);
            return log;
        } finally {
            if (log == null) {
                arena.close();
            }
        }
    }

    private void recover(UUID pipe, long sent) throws IOException {
        long magic = get(MAGIC_OFFSET);
        if (magic != 0 && magic != MAGIC) {
            arena.close();
            throw new IOException(
                    file + " is not the log of a bridge: move it away, or choose another pipe");
        }
        boolean same =
                get(PIPE_OFFSET) == pipe.getMostSignificantBits()
                        && get(PIPE_OFFSET + Long.BYTES) == pipe.getLeastSignificantBits();
        if (same && get(INTENT_VALID_OFFSET) != 0 && sent > get(INTENT_SENT_OFFSET)) {
            deliver((int) get(INTENT_LANE_OFFSET), get(INTENT_POSITION_OFFSET));
        }
        set(INTENT_VALID_OFFSET, 0); // Of another pipe, or done.
        set(PIPE_OFFSET, pipe.getMostSignificantBits());
        set(PIPE_OFFSET + Long.BYTES, pipe.getLeastSignificantBits());
        set(MAGIC_OFFSET, MAGIC);
    }

    /** Begins with messages of a pipe; forgets those of another one. */
    void from(long originHigh, long originLow) {
        if (get(ORIGIN_OFFSET) != originHigh || get(ORIGIN_OFFSET + Long.BYTES) != originLow) {
            set(INTENT_VALID_OFFSET, 0);
            for (int lane = 0; lane < MAX_LANES; lane++) {
                set(offset(lane), 0);
            }
            set(ORIGIN_OFFSET, originHigh);
            set(ORIGIN_OFFSET + Long.BYTES, originLow);
        }
    }

    /** Tests whether a message is in the pipe. */
    boolean isDelivered(int lane, long position) {
        return position < get(offset(lane));
    }

    /**
     * Stores which message is sent next.
     *
     * @param sent the position of the pipe's sender before that
     */
    void intend(int lane, long position, long sent) {
        set(INTENT_VALID_OFFSET, 0); // While the words are of different messages.
        set(INTENT_LANE_OFFSET, lane);
        set(INTENT_POSITION_OFFSET, position);
        set(INTENT_SENT_OFFSET, sent);
        set(INTENT_VALID_OFFSET, 1);
    }

    /** Stores that a message is in the pipe. */
    void deliver(int lane, long position) {
        set(offset(lane), position + 1);
    }

    private static long offset(int lane) {
        if (lane < 0 || lane >= MAX_LANES) {
            throw new IllegalArgumentException("lane=" + lane + " is not in 0.." + MAX_LANES);
        }
        return LANES_OFFSET + (long) lane * Long.BYTES;
    }

    private long get(long offset) {
        return (long) WORD.getAcquire(memory, offset);
    }

    /** Stores in program order: a process that is killed has done all stores up to one. */
    private void set(long offset, long value) {
        WORD.setRelease(memory, offset, value);
    }

    /** Removes the file: the stream has ended. */
    void delete() throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
