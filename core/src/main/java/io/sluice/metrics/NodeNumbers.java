package io.sluice.metrics;

import io.sluice.Node;
import java.util.Objects;

/**
 * The numbers of a node.
 *
 * @param node the node
 */
record NodeNumbers(Node node) implements NodeMXBean {
    NodeNumbers {
        Objects.requireNonNull(node, "node");
    }

    @Override
    public String getName() {
        return node.name();
    }

    @Override
    public long getLateReplies() {
        return node.statistics().lateReplies();
    }

    @Override
    public long getDroppedReplies() {
        return node.statistics().droppedReplies();
    }

    @Override
    public long getRefusedRequests() {
        return node.statistics().refusedRequests();
    }

    @Override
    public long getDroppedMessages() {
        return node.statistics().droppedMessages();
    }
}
