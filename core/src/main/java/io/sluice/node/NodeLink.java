package io.sluice.node;

import static io.sluice.node.HeaderDescriptor.HEADER_LENGTH;

import io.sluice.memory.MappingFault;
import io.sluice.pipe.SenderEndpoint;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One node's lane in a pipe of another one: writes a header, and a message behind it.
 *
 * <p>One thread at a time, except {@link #close}, and {@link #hasTaken}.
 */
final class NodeLink implements AutoCloseable {
    private final SenderEndpoint sender;
    private final int slot;

    /**
     * Creates a link.
     *
     * @param sender the lane
     * @param slot the number of the node that it leads to
     */
    NodeLink(SenderEndpoint sender, int slot) {
        this.sender = sender;
        this.slot = slot;
    }

    int slot() {
        return slot;
    }

    SenderEndpoint sender() {
        return sender;
    }

    /**
     * Claims room for a message, if there is any, and writes the header.
     *
     * @return whether it was claimed
     */
    boolean tryClaim(long first, long second, int length) {
        return sender.tryClaim(checked(length)) && begin(first, second);
    }

    /**
     * Claims room for a message, blocks while there is none, and writes the header.
     *
     * @param nanos the timeout, as in {@link io.sluice.wait.Waiter#start}
     * @return whether it was claimed; always true without a timeout
     */
    boolean claim(long first, long second, int length, long nanos) throws InterruptedException {
        return sender.claim(checked(length), nanos) && begin(first, second);
    }

    private int checked(int length) {
        if (length < 0 || length > maxLength()) {
            throw new IllegalArgumentException(
                    "a message of %s bytes; this link carries 0..%s: make the receiving node with a larger capacity, or split the message"
                            .formatted(length, maxLength()));
        }
        return length + HEADER_LENGTH;
    }

    int maxLength() {
        return sender.maxLength() - HEADER_LENGTH;
    }

    private boolean begin(long first, long second) {
        try {
            MemorySegment base = sender.claimBase();
            long at = sender.claimOffset();
            base.set(ValueLayout.JAVA_LONG_UNALIGNED, at, first);
            base.set(ValueLayout.JAVA_LONG_UNALIGNED, at + Long.BYTES, second);
            MappingFault.poll();
            return true;
        } catch (RuntimeException | Error e) {
            throw aborted(e);
        }
    }

    private RuntimeException aborted(Throwable thrown) {
        if (sender.isClaimed()) {
            sender.abort();
        }
        return MappingFault.translate(thrown);
    }

    /** Copies the message to what is claimed, from the array or from the segment, and sends it. */
    void send(byte[] array, MemorySegment segment, long offset, int length) {
        try {
            MemorySegment base = sender.claimBase();
            long at = sender.claimOffset() + HEADER_LENGTH;
            if (array != null) {
                MemorySegment.copy(array, (int) offset, base, ValueLayout.JAVA_BYTE, at, length);
            } else if (length > 0) {
                MemorySegment.copy(segment, offset, base, at, length);
            }
            MappingFault.poll(); // Reports a missing page here, before the commit.
        } catch (RuntimeException | Error e) {
            throw aborted(e);
        }
        sender.tryCommit();
    }

    /** Returns the position behind the last message. */
    long position() {
        return sender.position();
    }

    /** Tests whether the receiver has taken the message that ends at a position. Any thread. */
    boolean hasTaken(long position) {
        return sender.takenPosition() >= position;
    }

    @Override
    public void close() {
        sender.close();
    }
}
