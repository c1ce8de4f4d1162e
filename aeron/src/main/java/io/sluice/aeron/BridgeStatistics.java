package io.sluice.aeron;

/**
 * What one half of a bridge has done since it was made. Any thread may take a snapshot.
 *
 * @param messages the number of messages: of the sending half, that the other one has confirmed; of
 *     the receiving half, that it has put into its pipe. Without confirmations, that were sent
 * @param bytes the bytes of these messages
 * @param repeated the number of messages that the sending half has sent again, or that the
 *     receiving half has received again and cut
 * @param lost the number of messages that the receiving half has missed, at most once: those that
 *     it noticed
 * @param connections how often a media driver was connected to; more than 1 after one was lost
 */
public record BridgeStatistics(
        long messages, long bytes, long repeated, long lost, long connections) {}
