package io.sluice;

/**
 * What a {@link Node} has dropped or refused since it joined.
 *
 * @param lateReplies replies, and refusals of requests, that came after their call had ended, or
 *     for an earlier owner of the name
 * @param droppedReplies replies of this node whose asker had gone
 * @param refusedRequests requests for an earlier owner of the name, which were answered without
 *     being handed out
 * @param droppedMessages messages for an earlier owner of the name, if this node {@linkplain
 *     NodeOptions#startEmpty started empty}; and messages that no node writes
 */
public record NodeStatistics(
        long lateReplies, long droppedReplies, long refusedRequests, long droppedMessages) {}
