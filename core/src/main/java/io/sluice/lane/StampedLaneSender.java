package io.sluice.lane;

import io.sluice.memory.Memory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Puts the time in front of each message, for {@link ArrivalLanes}: read before the message is
 * published, from the clock that all processes of a machine share, and growing with each message.
 *
 * <p>One thread at a time.
 */
public final class StampedLaneSender implements LaneSender {
    /** How much longer a stamp makes a message, in bytes. */
    public static final int STAMP_LENGTH = Long.BYTES;

    private final LaneSender lane;
    private long last = Long.MIN_VALUE + 1;

    /**
     * A lane whose messages are stamped.
     *
     * @param lane what sends them
     */
    public StampedLaneSender(LaneSender lane) {
        this.lane = lane;
    }

    @Override
    public boolean tryWrite(byte[] source, int offset, int length) {
        long at = tryClaim(length);
        if (at < 0) {
            return false;
        }
        boolean copied = false;
        try {
            MemorySegment.copy(source, offset, ring().bytes(), ValueLayout.JAVA_BYTE, at, length);
            copied = true;
        } finally {
            if (!copied) {
                lane.abort();
            }
        }
        commit(length);
        return true;
    }

    @Override
    public boolean tryWrite(MemorySegment source, long offset, int length) {
        long at = tryClaim(length);
        if (at < 0) {
            return false;
        }
        boolean copied = false;
        try {
            MemorySegment.copy(source, offset, ring().bytes(), at, length);
            copied = true;
        } finally {
            if (!copied) {
                lane.abort();
            }
        }
        commit(length);
        return true;
    }

    @Override
    public long tryClaim(int length) {
        long at = lane.tryClaim(length + STAMP_LENGTH);
        if (at < 0) {
            return at;
        }
        // At the claim, not at the commit: the order is that of the calls that began the sending.
        long now;
        do { // Two sendings in one tick would not be ordered.
            now = System.nanoTime();
        } while (now <= last);
        last = now;
        ring().bytes().set(ValueLayout.JAVA_LONG_UNALIGNED, at, last);
        return at + STAMP_LENGTH;
    }

    @Override
    public void commit(int length) {
        lane.commit(length + STAMP_LENGTH);
    }

    @Override
    public void abort() {
        lane.abort();
    }

    @Override
    public Memory ring() {
        return lane.ring();
    }

    @Override
    public long receiverProgress() {
        return lane.receiverProgress();
    }

    @Override
    public long position() {
        return lane.position();
    }

    @Override
    public void verify() {
        lane.verify();
    }

    @Override
    public void close() {
        lane.close();
    }
}
