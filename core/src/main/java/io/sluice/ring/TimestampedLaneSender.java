package io.sluice.ring;

import io.sluice.memory.MappingFault;
import io.sluice.memory.Memory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Puts a timestamp in front of each message, for {@link TimestampMergeReceiver}. The time is read
 * before the message is published, from the clock that all processes of a machine share, and
 * increases with each message.
 *
 * <p>One thread at a time.
 */
final class TimestampedLaneSender implements LaneSender {
    /** The length of a timestamp, in bytes. */
    public static final int TIMESTAMP_LENGTH = Long.BYTES;

    private final LaneSender lane;
    private long last = Long.MIN_VALUE + 1;

    /**
     * Creates a sender that adds timestamps.
     *
     * @param lane the sender of the messages with their timestamps
     */
    public TimestampedLaneSender(LaneSender lane) {
        this.lane = lane;
    }

    @Override
    public boolean tryWrite(byte[] source, int offset, int length) {
        return tryWrite(source, null, offset, length);
    }

    @Override
    public boolean tryWrite(MemorySegment source, long offset, int length) {
        return tryWrite(null, source, offset, length);
    }

    private boolean tryWrite(byte[] array, MemorySegment segment, long offset, int length) {
        long at = tryClaim(length);
        if (at < 0) {
            return false;
        }
        boolean copied = false;
        try {
            copy(array, segment, offset, at, length);
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
        long at = lane.tryClaim(length + TIMESTAMP_LENGTH);
        if (at < 0) {
            return at;
        }
        boolean written = false;
        try {
            putTimestamp(at);
            written = true;
        } finally {
            if (!written) {
                lane.abort();
            }
        }
        return at + TIMESTAMP_LENGTH;
    }

    /**
     * Writes the time at the claim, not at the commit: messages are ordered by the calls that began
     * to send them.
     */
    private void putTimestamp(long at) {
        long now;
        do { // Two messages with the same time would not be ordered.
            now = System.nanoTime();
        } while (now <= last);
        last = now;
        ring().bytes().set(ValueLayout.JAVA_LONG_UNALIGNED, at, last);
        MappingFault.poll();
    }

    @Override
    public boolean tryBatch(int length) {
        return lane.tryBatch(length);
    }

    @Override
    public int batchedLength(int length) {
        return lane.batchedLength(length + TIMESTAMP_LENGTH);
    }

    @Override
    public boolean extendBatch(int length) {
        return lane.extendBatch(length);
    }

    @Override
    public boolean hasBatchRoom(int length, int messages) {
        return lane.hasBatchRoom(length + TIMESTAMP_LENGTH, messages);
    }

    @Override
    public long addToBatch(int length) {
        long at = lane.addToBatch(length + TIMESTAMP_LENGTH);
        if (at < 0) {
            return at;
        }
        boolean written = false;
        try {
            putTimestamp(at);
            written = true;
        } finally {
            if (!written) {
                lane.removeFromBatch();
            }
        }
        return at + TIMESTAMP_LENGTH;
    }

    @Override
    public void removeFromBatch() {
        lane.removeFromBatch();
    }

    @Override
    public void commitBatch() {
        lane.commitBatch();
    }

    @Override
    public void commit(int length) {
        lane.commit(length + TIMESTAMP_LENGTH);
    }

    @Override
    public void commitShorter(int length) {
        lane.commitShorter(length + TIMESTAMP_LENGTH);
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
