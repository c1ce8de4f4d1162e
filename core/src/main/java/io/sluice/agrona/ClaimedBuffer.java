package io.sluice.agrona;

import io.sluice.Claim;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes the messages of a pipe's end through buffers.
 *
 * <p>Invariant: the claimed buffer spans exactly the message that is claimed, and nothing when none
 * is. So with Agrona's bounds checks on, no user of it can write to another message.
 *
 * <p>One thread at a time.
 */
final class ClaimedBuffer {
    private static final byte[] NOTHING = {};

    private final BufferView view = new BufferView();
    private final UnsafeBuffer claimed = new UnsafeBuffer(0, 0);
    private Claim claim;

    /** Always the same buffer. */
    UnsafeBuffer buffer() {
        return claimed;
    }

    /**
     * Lends the claim's message as {@link #buffer}, with a type in front or without. A claim that
     * is null stays none; if lending fails, it is aborted.
     */
    boolean lend(Claim next, int type) {
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
     * Copies into a message that is claimed, but not lent, behind a type or without. If that fails,
     * the claim is aborted.
     */
    void copy(Claim into, int type, DirectBuffer source, int offset, int length) {
        try {
            int index = (int) into.offset() + writeType(into, type);
            view.of(into.base()).putBytes(index, source, offset, length);
            into.putBytes(0, NOTHING, 0, 0); // Else a lost page may be thrown behind this.
        } catch (RuntimeException | Error e) {
            throw into.abort(e);
        }
    }

    /** Returns how long it is. */
    private static int writeType(Claim into, int type) {
        if (type == RingRecord.NO_TYPE) {
            return 0;
        }
        into.putLong(0, type);
        return RingRecord.HEADER_LENGTH;
    }

    void commit() {
        end().commit();
    }

    void abort() {
        end().abort();
    }

    /** Takes the buffer back; the pipe's end aborts what is claimed when it is closed. */
    void close() {
        if (claim != null) {
            claim = null;
            claimed.wrap(claimed, 0, 0); // At no other address: another thread may write just now.
        }
    }

    void checkClaimed() {
        if (claim == null) {
            throw new IllegalStateException(
                    "nothing is claimed: it was committed or aborted, or the sender is closed; if"
                            + " another thread did that, open a sender for each thread, of a pipe for many");
        }
    }

    private Claim end() {
        checkClaimed();
        Claim ended = claim;
        claim = null;
        claimed.wrap(view.of(ended.base()), 0, 0);
        return ended;
    }
}
