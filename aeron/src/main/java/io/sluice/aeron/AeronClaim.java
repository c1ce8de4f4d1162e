package io.sluice.aeron;

import io.aeron.logbuffer.BufferClaim;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.agrona.MutableDirectBuffer;

/**
 * Reserved room for one message of a stream, which is written in place, as {@link
 * io.sluice.Claim}'s. {@link #commit} sends the message, {@link #abort} releases the room; until
 * then the sender cannot send or claim anything else, and nothing that other senders of a shared
 * stream send is held up.
 *
 * <p>A sender has one claim object, which it reuses. It belongs to the sender's thread.
 */
public final class AeronClaim {
    private final AeronSender sender;
    private final BufferClaim claimed;
    private final BufferSegments segments = new BufferSegments(false);

    AeronClaim(AeronSender sender, BufferClaim claimed) {
        this.sender = sender;
        this.claimed = claimed;
    }

    /**
     * Returns the claimed length.
     *
     * @return the length in bytes
     * @throws IllegalStateException if nothing is claimed
     */
    public int length() {
        sender.checkClaimed();
        return claimed.length();
    }

    /**
     * Returns the memory of the message; its initial content is undefined.
     *
     * @return a segment of the claimed length; not to be written to after commit or abort
     * @throws IllegalStateException if nothing is claimed
     */
    public MemorySegment memory() {
        return base().asSlice(offset(), length());
    }

    /**
     * Returns the memory that contains the message, which begins at {@link #offset}. A write
     * outside of the message destroys messages that this sender has sent.
     *
     * @return a segment that is larger than the message, and is the same for many claims
     * @throws IllegalStateException if nothing is claimed
     */
    public MemorySegment base() {
        sender.checkClaimed();
        return segments.of(claimed.buffer());
    }

    /**
     * Returns the message's offset in {@link #base}.
     *
     * @return the offset in bytes, a multiple of 8
     * @throws IllegalStateException if nothing is claimed
     */
    public long offset() {
        sender.checkClaimed();
        return claimed.buffer().wrapAdjustment() + (long) claimed.offset();
    }

    /**
     * Returns the memory that contains the message as a buffer of Agrona, for encoders of SBE. The
     * message begins at {@link #index}.
     *
     * @return the buffer
     * @throws IllegalStateException if nothing is claimed
     */
    public MutableDirectBuffer buffer() {
        sender.checkClaimed();
        return claimed.buffer();
    }

    /**
     * Returns the message's offset in {@link #buffer}.
     *
     * @return the offset in bytes
     * @throws IllegalStateException if nothing is claimed
     */
    public int index() {
        sender.checkClaimed();
        return claimed.offset();
    }

    /**
     * Writes a 64-bit value in the machine's byte order.
     *
     * @param index the offset in the message, in bytes
     * @param value the value
     * @return this claim
     * @throws IndexOutOfBoundsException if the value is not within the message
     * @throws IllegalStateException if nothing is claimed
     */
    public AeronClaim putLong(int index, long value) {
        long begin = checkedRange(index, Long.BYTES);
        base().set(ValueLayout.JAVA_LONG_UNALIGNED, begin + index, value);
        return this;
    }

    /**
     * Writes a 32-bit value in the machine's byte order.
     *
     * @param index the offset in the message, in bytes
     * @param value the value
     * @return this claim
     * @throws IndexOutOfBoundsException if the value is not within the message
     * @throws IllegalStateException if nothing is claimed
     */
    public AeronClaim putInt(int index, int value) {
        long begin = checkedRange(index, Integer.BYTES);
        base().set(ValueLayout.JAVA_INT_UNALIGNED, begin + index, value);
        return this;
    }

    /**
     * Writes bytes.
     *
     * @param index the offset in the message, in bytes
     * @param source the source
     * @param sourceOffset the offset in the source
     * @param count the number of bytes
     * @return this claim
     * @throws IndexOutOfBoundsException if the bytes are not within the message, or not within the
     *     source
     * @throws IllegalStateException if nothing is claimed
     */
    public AeronClaim putBytes(int index, byte[] source, int sourceOffset, int count) {
        long begin = checkedRange(index, count);
        MemorySegment.copy(
                source, sourceOffset, base(), ValueLayout.JAVA_BYTE, begin + index, count);
        return this;
    }

    private long checkedRange(int index, int count) {
        long begin = offset();
        Objects.checkFromIndexSize(index, count, length());
        return begin;
    }

    /**
     * Sends the message.
     *
     * @throws IllegalStateException if nothing is claimed
     */
    public void commit() {
        sender.checkClaimed();
        claimed.commit();
        sender.unclaim();
    }

    /**
     * Releases the room. Nothing is sent.
     *
     * @throws IllegalStateException if nothing is claimed
     */
    public void abort() {
        sender.checkClaimed();
        claimed.abort();
        sender.unclaim();
    }
}
