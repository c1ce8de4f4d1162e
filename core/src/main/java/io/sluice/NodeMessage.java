package io.sluice;

import io.sluice.node.NodeEndpoint;
import io.sluice.wait.Waiter;
import java.lang.foreign.MemorySegment;

/**
 * The message that a {@link NodeHandler} handles: its sender, and how to reply if it is a request.
 *
 * <p>A request has one reply. A handler that returns without one, and without {@link #request},
 * ends the request: its asker gets {@link CallOutcome#UNKNOWN} at once.
 *
 * <p>A node has one such object, which it reuses. Each method throws {@link IllegalStateException}
 * outside of the handler.
 */
public final class NodeMessage {
    private final NodeEndpoint node;

    NodeMessage(NodeEndpoint node) {
        this.node = node;
    }

    /**
     * Returns the sender.
     *
     * @return the name of the node that sent this message
     */
    public String from() {
        return node.sender();
    }

    /**
     * Tests whether this is a request.
     *
     * @return whether the sender waits for a reply
     */
    public boolean isRequest() {
        return node.isRequest();
    }

    /**
     * Returns how often this message was handed out before, to owners of this node's name that died
     * before they had finished with it. A request never comes again: see {@link Node#call}.
     *
     * @return 0 for the first time
     */
    public int deliveryAttempt() {
        return node.deliveryAttempt();
    }

    /**
     * Replies to this request, and blocks while there is no room for the reply.
     *
     * @param reply the reply, which may be empty
     * @return false if the asker has gone; the reply was dropped and counted
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was sent
     * @throws IllegalStateException if this is not a request, or was answered
     * @throws IllegalArgumentException if the reply is too long for the asker
     */
    public boolean reply(byte[] reply) throws InterruptedException {
        return node.replyToCurrent(reply, null, 0, reply.length, Waiter.NO_TIMEOUT) > 0;
    }

    /**
     * Replies to this request, and blocks while there is no room for the reply.
     *
     * @param source the memory that contains the reply
     * @param offset the reply's offset in the source
     * @param length the reply's length in bytes, which may be 0
     * @return false if the asker has gone; the reply was dropped and counted
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was sent
     * @throws IllegalStateException if this is not a request, or was answered
     * @throws IllegalArgumentException if the reply is too long for the asker
     * @throws IndexOutOfBoundsException if the reply is not within the source
     */
    public boolean reply(MemorySegment source, long offset, int length)
            throws InterruptedException {
        return node.replyToCurrent(null, source, offset, length, Waiter.NO_TIMEOUT) > 0;
    }

    /**
     * Replies to this request if there is room for the reply. There is room unless the asker
     * neither calls nor receives.
     *
     * @param reply the reply, which may be empty
     * @return false if there is no room now: the request is still open; true if the reply was sent,
     *     or was dropped and counted because the asker has gone
     * @throws IllegalStateException if this is not a request, or was answered
     * @throws IllegalArgumentException if the reply is too long for the asker
     */
    public boolean tryReply(byte[] reply) {
        return Request.answered(() -> node.replyToCurrent(reply, null, 0, reply.length, 0));
    }

    /**
     * Makes this request outlive the handler, to be answered later, by any thread.
     *
     * @return the request
     * @throws IllegalStateException if this is not a request, or was answered
     */
    public Request request() {
        String from = from();
        long number = node.currentNumber();
        return new Request(node, from, node.detach(), number);
    }

    @Override
    public String toString() {
        return "NodeMessage[of node " + node + "]";
    }
}
