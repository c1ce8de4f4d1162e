package io.sluice.aeron;

/**
 * What a {@link NodeBridge} has done since it was made, and the names that it stands for. Any
 * thread may take a snapshot.
 *
 * @param nodes the number of names of other machines that it owns here
 * @param passedOn the number of messages and requests that other machines have confirmed
 * @param delivered the number of messages and requests that it has put into inboxes here
 * @param repeated the number of frames that were sent again, or came again and were cut
 * @param refused the number of messages that were dropped: longer than what their receiver takes,
 *     or to an inbox that is corrupt
 * @param unknownCalls the number of calls that it has ended because their outcome is unknown
 * @param connections how often a media driver was connected to; more than once for each other
 *     machine after one was lost
 */
public record NodeBridgeStatistics(
        int nodes,
        long passedOn,
        long delivered,
        long repeated,
        long refused,
        long unknownCalls,
        long connections) {
    /** Returns the sum. */
    NodeBridgeStatistics plus(NodeBridgeStatistics other) {
        return new NodeBridgeStatistics(
                nodes + other.nodes,
                passedOn + other.passedOn,
                delivered + other.delivered,
                repeated + other.repeated,
                refused + other.refused,
                unknownCalls + other.unknownCalls,
                connections + other.connections);
    }
}
