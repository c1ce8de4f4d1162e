package io.sluice;

import io.sluice.lane.ExclusiveLaneSender;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * Room for one message, to be written where it will be read. {@link #commit} sends it, {@link
 * #abort} gives the room back; until then its sender can do nothing else.
 *
 * <p>A sender has one claim object, which it lends again and again. It belongs to the sender's
 * thread.
 */
public final class Claim {
    private final ExclusiveLaneSender lane;
    private final MemorySegment ring;
    private long offset = -1;
    private int length;

    Claim(ExclusiveLaneSender lane, MemorySegment ring) {
        this.lane = lane;
        this.ring = ring;
    }

    Claim begin(long offset, int length) {
        this.offset = offset;
        this.length = length;
        return this;
    }

    boolean isActive() {
        return offset >= 0;
    }

    /**
     * The length that was claimed.
     *
     * @return in bytes
     */
    public int length() {
        return length;
    }

    /**
     * The memory of the message, which holds whatever was there before.
     *
     * @return a segment of the claimed length; not to be written to after commit or abort
     * @throws IllegalStateException if nothing is claimed
     */
    public MemorySegment memory() {
        checkActive();
        return ring.asSlice(offset, length);
    }

    /**
     * Writes a 64-bit value in the machine's byte order.
     *
     * @param index where in the message, in bytes
     * @param value the value
     * @return this
     * @throws IndexOutOfBoundsException if it does not fit into the message there
     * @throws IllegalStateException if nothing is claimed
     */
    public Claim putLong(int index, long value) {
        checkRange(index, Long.BYTES);
        ring.set(ValueLayout.JAVA_LONG_UNALIGNED, offset + index, value);
        return this;
    }

    /**
     * Writes a 32-bit value in the machine's byte order.
     *
     * @param index where in the message, in bytes
     * @param value the value
     * @return this
     * @throws IndexOutOfBoundsException if it does not fit into the message there
     * @throws IllegalStateException if nothing is claimed
     */
    public Claim putInt(int index, int value) {
        checkRange(index, Integer.BYTES);
        ring.set(ValueLayout.JAVA_INT_UNALIGNED, offset + index, value);
        return this;
    }

    /**
     * Writes bytes.
     *
     * @param index where in the message
     * @param source where they are
     * @param sourceOffset where they begin there
     * @param count how many
     * @return this
     * @throws IndexOutOfBoundsException if they do not fit into the message there, or are not in
     *     the source
     * @throws IllegalStateException if nothing is claimed
     */
    public Claim putBytes(int index, byte[] source, int sourceOffset, int count) {
        checkRange(index, count);
        MemorySegment.copy(
                source, sourceOffset, ring, ValueLayout.JAVA_BYTE, offset + index, count);
        return this;
    }

    /**
     * Sends the message.
     *
     * @throws IllegalStateException if nothing is claimed
     */
    public void commit() {
        checkActive();
        lane.commit(length);
        offset = -1;
    }

    /**
     * Gives the room back. Nothing is sent.
     *
     * @throws IllegalStateException if nothing is claimed
     */
    public void abort() {
        checkActive();
        lane.abort();
        offset = -1;
    }

    private void checkActive() {
        if (offset < 0) {
            throw new IllegalStateException("nothing is claimed: it was committed or aborted");
        }
    }

    private void checkRange(int index, int count) {
        checkActive();
        Objects.checkFromIndexSize(index, count, length);
    }
}
