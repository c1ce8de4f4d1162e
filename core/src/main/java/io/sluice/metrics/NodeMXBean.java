package io.sluice.metrics;

/** What a node has dropped or refused since it joined: {@link io.sluice.NodeStatistics}. */
public interface NodeMXBean {
    /**
     * Returns the name.
     *
     * @return the name that the node owns
     */
    String getName();

    /**
     * Returns how many replies came after their call had ended.
     *
     * @return the number
     */
    long getLateReplies();

    /**
     * Returns how many replies of this node were dropped because their asker had gone.
     *
     * @return the number
     */
    long getDroppedReplies();

    /**
     * Returns how many requests for an earlier owner of the name were refused.
     *
     * @return the number
     */
    long getRefusedRequests();

    /**
     * Returns how many messages were dropped: for an earlier owner, or written by no node.
     *
     * @return the number
     */
    long getDroppedMessages();
}
