package io.sluice.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.sluice.Node;

/** The meters of a node, tagged with its name: what it has dropped or refused since it joined. */
@SuppressWarnings("exports") // Micrometer is for those who have it: module-info.
public final class NodeMetrics extends BoundMeters {
    private final NodeNumbers numbers;

    /**
     * Creates the meters of a node.
     *
     * @param node the node
     */
    public NodeMetrics(Node node) {
        this(node, Tags.empty());
    }

    /**
     * Creates the meters of a node.
     *
     * @param node the node
     * @param tags further tags
     */
    public NodeMetrics(Node node, Iterable<Tag> tags) {
        super(Tag.of("node", node.name()), tags);
        this.numbers = new NodeNumbers(node);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        counter(
                registry,
                "sluice.node.replies.late",
                MESSAGES,
                "Replies that came after their call had ended",
                numbers::getLateReplies);
        counter(
                registry,
                "sluice.node.replies.dropped",
                MESSAGES,
                "Replies of this node whose asker had gone",
                numbers::getDroppedReplies);
        counter(
                registry,
                "sluice.node.requests.refused",
                MESSAGES,
                "Requests for an earlier owner of the name",
                numbers::getRefusedRequests);
        counter(
                registry,
                "sluice.node.dropped",
                MESSAGES,
                "Messages for an earlier owner of the name, or written by no node",
                numbers::getDroppedMessages);
    }
}
