package io.sluice.compare.transport;

import java.util.List;

/**
 * A mechanism's properties apart from its speed: its limits, the cost of a message, and how it
 * ends. Where they depend on the machine, the numbers are this machine's.
 *
 * @param boundaries whether a message arrives as the unit as which it was sent
 * @param longest the longest message
 * @param capacity what fits in one direction
 * @param cost what every message costs
 * @param ending what happens when an end dies
 */
public record Traits(
        Boundaries boundaries, Limit longest, Capacity capacity, Cost cost, Ending ending) {

    /** Whether a message arrives as the unit as which it was sent. */
    public enum Boundaries {
        /** Bytes without boundaries: both ends must agree on the length of a message. */
        STREAM,
        /** Each message arrives whole. */
        MESSAGES
    }

    /**
     * The longest message.
     *
     * @param bytes its length; {@link Long#MAX_VALUE} if any length will do
     * @param setBy what decides it: a sysctl, a capacity
     */
    public record Limit(long bytes, String setBy) {
        /** Any length. */
        public static final Limit NONE = new Limit(Long.MAX_VALUE, "nothing");
    }

    /**
     * The capacity of one direction, and what happens to a sender that finds no room.
     *
     * @param messages how many messages; 0 if only bytes are counted
     * @param bytes how many bytes, as the mechanism counts them; 0 if only messages are counted
     * @param whenFull what happens then
     */
    public record Capacity(long messages, long bytes, String whenFull) {}

    /**
     * What every message costs.
     *
     * @param copies how often its bytes are copied on the way
     * @param sending the system calls of the sender, each made once for a message
     * @param receiving those of the receiver
     * @param other other calls, made only sometimes, or why calls are not known; may be empty
     */
    public record Cost(int copies, List<String> sending, List<String> receiving, String other) {
        /** Copies the lists. */
        public Cost {
            sending = List.copyOf(sending);
            receiving = List.copyOf(receiving);
        }
    }

    /**
     * What happens when an end dies.
     *
     * @param peerNotified whether the other end is notified, in every way to wait
     * @param onPeerDeath what the other end sees
     * @param leftovers what is left when both ends were killed, and what removes it
     * @param persistence how long messages live
     */
    public record Ending(
            boolean peerNotified, String onPeerDeath, String leftovers, String persistence) {}
}
