package io.sluice;

import io.sluice.wait.Selectable;
import io.sluice.wait.WaitQueue;
import java.util.Objects;

/**
 * A clause that passes a message or a request to a node's handler, in place. It is received at the
 * end of the call, when the select has stopped waiting; it may turn out to be one that the node
 * drops or refuses.
 */
final class ReceiveFromNodeClause extends Clause {
    private final Node node;
    private final NodeHandler handler;

    ReceiveFromNodeClause(Node node, NodeHandler handler) {
        super(new Inbox(node));
        this.node = node;
        this.handler = Objects.requireNonNull(handler, "handler");
    }

    private record Inbox(Node node) implements Selectable {
        Inbox {
            Objects.requireNonNull(node, "node");
        }

        @Override
        public WaitQueue waitQueue() {
            return node.waitQueue();
        }

        @Override
        public boolean ready() {
            return node.isReady(null) || node.isPollDue();
        }

        /** Does nothing: an inbox has one receiver. */
        @Override
        public void passWakeup() {}
    }

    @Override
    boolean tryComplete() {
        // A poll that finds nothing drops late replies, and looks for nodes that come and go.
        return node.isReady(null) || node.poll(handler, 0) > 0;
    }

    @Override
    boolean finish() {
        return node.poll(handler, 1) > 0;
    }

    @Override
    boolean isEndOfStream() {
        return false; // Another node may come at any time.
    }

    @Override
    public String toString() {
        return "receive";
    }
}
