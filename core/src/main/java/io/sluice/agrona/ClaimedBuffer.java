package io.sluice.agrona;

import io.sluice.Claim;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The claimed message of a pipe's sending end, as a buffer.
 *
 * <p>Invariant: the buffer spans exactly the claimed message, and is empty while none is claimed.
 * So with Agrona's bounds checks enabled, its user cannot write to another message.
 *
 * <p>One thread at a time.
 */
final class ClaimedBuffer {
    private static final byte[] EMPTY = {};

    private final BufferView view = new BufferView();
    private final UnsafeBuffer claimed = new UnsafeBuffer(0, 0);
    private Claim claim;

    /** Returns the buffer, which is always the same object. */
    UnsafeBuffer buffer() {
        return claimed;
    }

    /**
     * Wraps the claim's message in {@link #buffer}, and writes the type before it unless it is
     * {@link RingRecord#NO_TYPE}. Returns {@code false} if the claim is null; aborts the claim if
     * wrapping fails.
     */
    boolean wrap(Claim next, int type) {
        if (next == null) {
            return false;
        }
        try {
            writeType(next, type);
            claimed.wrap(view.of(next.base()), (int) next.offset(), next.length());
            claim = next;
        } catch (RuntimeException | Error e) {
            throw next.abort(e);
        }
        return true;
    }

    /**
     * Copies a message to a claim that is not wrapped, after its type unless that is {@link
     * RingRecord#NO_TYPE}. Aborts the claim if copying fails.
     */
    void copy(Claim into, int type, DirectBuffer source, int offset, int length) {
        try {
            int index = (int) into.offset() + writeType(into, type);
            view.of(into.base()).putBytes(index, source, offset, length);
            into.putBytes(0, EMPTY, 0, 0); // Else a lost page may be reported later.
        } catch (RuntimeException | Error e) {
            throw into.abort(e);
        }
    }

    /** Writes the type, if any; returns the length of the header, 0 without a type. */
    private static int writeType(Claim into, int type) {
        if (type == RingRecord.NO_TYPE) {
            return 0;
        }
        into.putLong(0, type);
        return RingRecord.HEADER_LENGTH;
    }

    void commit() {
        takeClaim().commit();
    }

    void abort() {
        takeClaim().abort();
    }

    /** Empties the buffer; the pipe's end aborts the claim when it is closed. */
    void close() {
        if (claim != null) {
            claim = null;
            claimed.wrap(claimed, 0, 0); // Same address: another thread may be writing.
        }
    }

    void checkClaimed() {
        if (claim == null) {
            throw new IllegalStateException(
                    "nothing is claimed: it was committed or aborted, or the sender is closed; if"
                            + " another thread did that, open a sender for each thread, of a pipe for many");
        }
    }

    private Claim takeClaim() {
        checkClaimed();
        Claim ended = claim;
        claim = null;
        claimed.wrap(view.of(ended.base()), 0, 0);
        return ended;
    }
}
