package io.sluice;

import io.sluice.node.NodeEndpoint;
import io.sluice.wait.Waiter;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A request that was not answered by its handler, from {@link NodeMessage#request}. It has one
 * reply, from any thread; a second one throws. Until then its asker waits, up to its timeout, and
 * while the node that has the request is open.
 *
 * <p>A reply is for this request only. If its asker has timed out, has gone, or its name has
 * another owner, the reply is dropped and counted.
 *
 * <p>Any thread.
 */
public final class Request {
    /** An attempt to reply, with its result as of {@link NodeEndpoint#reply}. */
    interface Attempt {
        int run() throws InterruptedException;
    }

    private final NodeEndpoint node;
    private final String from;
    private final long asker;
    private final long number;
    private final AtomicBoolean answered = new AtomicBoolean();

    Request(NodeEndpoint node, String from, long asker, long number) {
        this.node = node;
        this.from = from;
        this.asker = asker;
        this.number = number;
    }

    /** Runs an attempt that does not wait, and tests whether the request is over. */
    static boolean answered(Attempt attempt) {
        try {
            return attempt.run() >= 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // Nothing was sent.
            return false;
        }
    }

    /**
     * Returns the asker.
     *
     * @return the name of the node that waits for the reply
     */
    public String from() {
        return from;
    }

    /**
     * Replies, and blocks while there is no room for the reply.
     *
     * @param reply the reply, which may be empty
     * @return false if the asker has gone; the reply was dropped and counted
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was sent,
     *     and the request is still open
     * @throws IllegalStateException if this request was answered, or the node is closed
     * @throws IllegalArgumentException if the reply is too long for the asker
     */
    public boolean reply(byte[] reply) throws InterruptedException {
        return send(reply, null, 0, reply.length, Waiter.NO_TIMEOUT) > 0;
    }

    /**
     * Replies, and blocks while there is no room for the reply.
     *
     * @param source the memory that contains the reply
     * @param offset the reply's offset in the source
     * @param length the reply's length in bytes, which may be 0
     * @return false if the asker has gone; the reply was dropped and counted
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was sent,
     *     and the request is still open
     * @throws IllegalStateException if this request was answered, or the node is closed
     * @throws IllegalArgumentException if the reply is too long for the asker
     * @throws IndexOutOfBoundsException if the reply is not within the source
     */
    public boolean reply(MemorySegment source, long offset, int length)
            throws InterruptedException {
        return send(null, source, offset, length, Waiter.NO_TIMEOUT) > 0;
    }

    /**
     * Replies if there is room for the reply.
     *
     * @param reply the reply, which may be empty
     * @return false if there is no room now: the request is still open; true if the reply was sent,
     *     or was dropped and counted because the asker has gone
     * @throws IllegalStateException if this request was answered, or the node is closed
     * @throws IllegalArgumentException if the reply is too long for the asker
     */
    public boolean tryReply(byte[] reply) {
        return answered(() -> send(reply, null, 0, reply.length, 0));
    }

    private int send(byte[] array, MemorySegment segment, long offset, int length, long nanos)
            throws InterruptedException {
        if (!answered.compareAndSet(false, true)) {
            throw new IllegalStateException("this request of " + from + " was answered already");
        }
        boolean over = false;
        try {
            int result = node.reply(asker, number, array, segment, offset, length, nanos);
            over = result >= 0;
            return result;
        } finally {
            if (!over) {
                answered.set(false);
            }
        }
    }

    @Override
    public String toString() {
        return "Request[" + number + " of " + from + (answered.get() ? ", answered" : "") + "]";
    }
}
