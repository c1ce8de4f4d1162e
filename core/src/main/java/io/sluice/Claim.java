package io.sluice;

import io.sluice.end.HandOver;
import io.sluice.end.SendingEnd;
import io.sluice.lane.LaneSender;
import io.sluice.lane.LostPage;
import io.sluice.waiting.Limit;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Objects;

/**
 * Room for one message, to be written where it will be read. {@link #commit} sends it, {@link
 * #abort} gives the room back; until then its sender can do nothing else.
 *
 * <p>A sender has one claim object, which it lends again and again. It belongs to the sender's
 * thread.
 */
public final class Claim {
    private final PipeSender sender; // Not dropped, as long as its claim is there.
    private final SendingEnd end;
    private final LaneSender lane;
    private final HandOver handOver;
    private MemorySegment ring;
    private long offset = -1;
    private int length;

    Claim(PipeSender sender, SendingEnd end) {
        this.sender = sender;
        this.end = end;
        this.lane = end.lane();
        this.handOver = end.handOver();
    }

    /** The end does not keep this object, and so its sender, from being dropped. */
    void abortOnLeave() {
        end.onLeave(abortOf(new WeakReference<>(this)));
    }

    private static Runnable abortOf(WeakReference<Claim> reference) {
        return () -> {
            Claim claim = reference.get();
            if (claim != null && claim.isActive()) {
                claim.abort();
            }
        };
    }

    Claim begin(long offset, int length) {
        this.ring = lane.ring().bytes();
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
     * The memory of the message, which holds whatever was there before. If a peer cuts the lane's
     * file off, an access to it may throw {@link InternalError}, since it has no page then: {@link
     * #abort(Throwable)} makes a {@link ChannelCorruptedException} of it.
     *
     * @return a segment of the claimed length; not to be written to after commit or abort
     * @throws IllegalStateException if nothing is claimed
     */
    public MemorySegment memory() {
        return ring.asSlice(offset(), length);
    }

    /**
     * The memory that the message lies in, as a {@link MessageHandler} is handed it: the message
     * begins at {@link #offset}. Unlike {@link #memory()} this allocates nothing, and does not
     * check that a write stays within the message; one that does not destroys what this sender has
     * sent.
     *
     * @return a segment that holds more than the message; the same for many claims
     * @throws IllegalStateException if nothing is claimed
     */
    public MemorySegment base() {
        checkActive();
        return ring;
    }

    /**
     * Where the message begins in {@link #base}.
     *
     * @return in bytes, a multiple of 8
     * @throws IllegalStateException if nothing is claimed
     */
    public long offset() {
        long current = offset; // Read once: a close by another thread may abort meanwhile.
        if (current < 0) {
            throw inactive();
        }
        return current;
    }

    /**
     * Writes a 64-bit value in the machine's byte order.
     *
     * @param index where in the message, in bytes
     * @param value the value
     * @return this
     * @throws IndexOutOfBoundsException if it does not fit into the message there
     * @throws ChannelCorruptedException if the lane's file was cut off
     * @throws IllegalStateException if nothing is claimed
     */
    public Claim putLong(int index, long value) {
        long begin = checkedRange(index, Long.BYTES);
        try {
            ring.set(ValueLayout.JAVA_LONG_UNALIGNED, begin + index, value);
            LostPage.settle();
        } catch (RuntimeException | Error e) {
            throw LostPage.translated(e);
        }
        return this;
    }

    /**
     * Writes a 32-bit value in the machine's byte order.
     *
     * @param index where in the message, in bytes
     * @param value the value
     * @return this
     * @throws IndexOutOfBoundsException if it does not fit into the message there
     * @throws ChannelCorruptedException if the lane's file was cut off
     * @throws IllegalStateException if nothing is claimed
     */
    public Claim putInt(int index, int value) {
        long begin = checkedRange(index, Integer.BYTES);
        try {
            ring.set(ValueLayout.JAVA_INT_UNALIGNED, begin + index, value);
            LostPage.settle();
        } catch (RuntimeException | Error e) {
            throw LostPage.translated(e);
        }
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
     * @throws ChannelCorruptedException if the lane's file was cut off
     * @throws IllegalStateException if nothing is claimed
     */
    public Claim putBytes(int index, byte[] source, int sourceOffset, int count) {
        long begin = checkedRange(index, count);
        try {
            MemorySegment.copy(
                    source, sourceOffset, ring, ValueLayout.JAVA_BYTE, begin + index, count);
            LostPage.settle();
        } catch (RuntimeException | Error e) {
            throw LostPage.translated(e);
        }
        return this;
    }

    /**
     * Sends the message. On a {@linkplain PipeSpec#rendezvous rendezvous} pipe it waits until the
     * message has been received, and is not interrupted by an interruption: the thread stays
     * interrupted.
     *
     * @throws BrokenChannelException if the receivers of a rendezvous pipe have left; nothing was
     *     sent
     * @throws ChannelCorruptedException if the lane's file was cut off
     * @throws IllegalStateException if nothing is claimed
     */
    public void commit() {
        boolean entered = end.attachment().enter();
        try {
            publish();
            if (handOver != null) {
                handOver.patiently();
            }
        } finally {
            end.attachment().exit(entered);
            Reference.reachabilityFence(sender);
        }
    }

    /**
     * Sends the message, as {@link #commit()}; but on a {@linkplain PipeSpec#rendezvous rendezvous}
     * pipe only if a receiver takes it at once. However it ends, nothing is claimed any more.
     *
     * @return whether it was sent; always so on a pipe that holds messages
     * @throws BrokenChannelException if the receivers of a rendezvous pipe have left; nothing was
     *     sent
     * @throws ChannelCorruptedException if the lane's file was cut off
     * @throws IllegalStateException if nothing is claimed
     */
    public boolean tryCommit() {
        publish();
        boolean sent = handOver == null || handOver.briefly();
        Reference.reachabilityFence(sender);
        return sent;
    }

    /**
     * Sends the message, as {@link #commit()}; but on a {@linkplain PipeSpec#rendezvous rendezvous}
     * pipe it waits no longer than so for the message to be received. However it ends, nothing is
     * claimed any more.
     *
     * @param timeout how long to wait at the most; zero or less is {@link #tryCommit}
     * @return whether it was sent; always so on a pipe that holds messages
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was sent
     * @throws BrokenChannelException if the receivers of a rendezvous pipe have left; nothing was
     *     sent
     * @throws ChannelCorruptedException if the lane's file was cut off
     * @throws IllegalStateException if nothing is claimed
     */
    public boolean commit(Duration timeout) throws InterruptedException {
        return commit(Limit.nanos(timeout));
    }

    boolean commit(long nanos) throws InterruptedException {
        boolean entered = end.attachment().enter();
        try {
            publish();
            return handOver == null || handOver.within(nanos);
        } finally {
            end.attachment().exit(entered);
            Reference.reachabilityFence(sender);
        }
    }

    private void publish() {
        checkActive();
        try {
            commitOrAbort();
            if (handOver == null) {
                end.announce();
            } else {
                handOver.begin();
            }
            LostPage.settle();
        } catch (RuntimeException | Error e) {
            throw end.attachment().translated(e);
        }
    }

    private void commitOrAbort() {
        boolean committed = false;
        offset = -1;
        try {
            lane.commit(length);
            committed = true;
        } finally {
            if (!committed) {
                lane.abort(); // So that the next call finds what is wrong, not that it is claimed.
            }
        }
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

    /**
     * Gives the room back because writing to it failed, and says what to throw for that: for code
     * that writes through {@link #memory} or {@link #base}.
     *
     * <pre>{@code
     * try {
     *     encode(claim.base(), claim.offset());
     * } catch (RuntimeException | Error e) {
     *     throw claim.abort(e);
     * }
     * }</pre>
     *
     * @param cause what was thrown by what wrote
     * @return a {@link ChannelCorruptedException} if there was an access to a page that is gone,
     *     since the lane's file was cut off; else the cause, in an {@link IllegalStateException} if
     *     it is checked
     * @throws Error the cause, if it is one and has another reason
     * @throws IllegalStateException if nothing is claimed
     */
    public RuntimeException abort(Throwable cause) {
        abort();
        return LostPage.translated(cause);
    }

    private void checkActive() {
        if (offset < 0) {
            throw inactive();
        }
    }

    private IllegalStateException inactive() {
        end.attachment().checkOpen();
        return new IllegalStateException(
                "nothing is claimed: it was committed or aborted; if another thread did that,"
                        + " open a sender for each thread, of a pipe for many");
    }

    /** Where the message begins, if so many bytes lie in it there. */
    private long checkedRange(int index, int count) {
        long begin = offset();
        Objects.checkFromIndexSize(index, count, length);
        return begin;
    }
}
