package io.sluice;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * How a {@link Node#call} ended: exactly one {@link CallOutcome}, and the reply if there is one.
 *
 * <p>A node reuses the object that {@code call} returns: it is valid until the node's next call.
 * What {@code callAsync} yields is the caller's.
 */
public final class Reply {
    private static final byte[] EMPTY = {};

    private CallOutcome outcome;
    private byte[] bytes;
    private int length;
    private MemorySegment memory;

    Reply() {
        set(CallOutcome.TIMED_OUT, EMPTY, 0);
    }

    Reply set(CallOutcome outcome, byte[] bytes, int length) {
        this.outcome = outcome;
        this.length = length;
        if (this.bytes != bytes) {
            this.bytes = bytes;
            this.memory = MemorySegment.ofArray(bytes).asReadOnly();
        }
        return this;
    }

    /**
     * Returns how the call ended.
     *
     * @return the outcome
     */
    public CallOutcome outcome() {
        return outcome;
    }

    /**
     * Tests whether there is a reply.
     *
     * @return whether the outcome is {@link CallOutcome#REPLIED}
     */
    public boolean isReplied() {
        return outcome == CallOutcome.REPLIED;
    }

    /**
     * Returns the memory that contains the reply, from its first byte on.
     *
     * @return a read-only segment that may be longer than the reply
     */
    public MemorySegment memory() {
        return memory;
    }

    /**
     * Returns the length of the reply.
     *
     * @return the length in bytes; 0 without a reply
     */
    public int length() {
        return length;
    }

    /**
     * Copies the reply.
     *
     * @return its bytes; none without a reply
     */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    @Override
    public String toString() {
        return "Reply[" + outcome + (isReplied() ? ", " + length + " bytes" : "") + "]";
    }
}
