package io.sluice.aeron;

import io.sluice.node.NodeEndpoint.Answer;

/**
 * A request that a proxy has taken, and whose asker on this machine waits for its answer.
 *
 * <p>One thread at a time.
 */
final class NodeCall {
    private final long id;
    private final NodeProxy proxy;
    private final long asker;
    private final long number;
    private boolean offered;
    private Answer answer; // Null until the call is over.

    /**
     * Creates a call.
     *
     * @param id what the other machine answers it by
     * @param proxy the node that answers it here
     * @param asker the identity of its asker here
     * @param number the number of the request here
     */
    NodeCall(long id, NodeProxy proxy, long asker, long number) {
        this.id = id;
        this.proxy = proxy;
        this.asker = asker;
        this.number = number;
    }

    long id() {
        return id;
    }

    NodeProxy proxy() {
        return proxy;
    }

    void onOffered() {
        offered = true;
    }

    /** Tests whether the request may have reached the other machine. */
    boolean isOffered() {
        return offered;
    }

    void end(Answer result) {
        answer = result;
    }

    boolean isOver() {
        return answer != null;
    }

    /** Tries to answer the asker; returns false if there is no room now. */
    boolean tryAnswer() {
        return proxy.node().tryAnswer(asker, number, answer) >= 0;
    }
}
