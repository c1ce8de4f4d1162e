package io.sluice;

import java.time.Instant;
import java.util.List;

/**
 * A snapshot of a pipe, read from its files: how much it holds, the positions of its ends, and the
 * processes that they belong to. Taking it does not slow the ends down; while they proceed, its
 * numbers are from slightly different times. Its values are not validated as messages are: a faulty
 * peer may have written anything.
 *
 * @param nanoTime the time of the snapshot, by {@link System#nanoTime} of this process
 * @param lanes the lane of each sender slot that has been used; of a pipe for one sender always its
 *     only one
 * @param participants the participant of each slot that has been used: senders first, then
 *     receivers
 */
public record PipeStatistics(long nanoTime, List<Lane> lanes, List<Participant> participants) {
    /**
     * Creates a snapshot, with unmodifiable copies of the lists.
     *
     * @param nanoTime the time of the snapshot
     * @param lanes the lanes
     * @param participants the participants
     */
    public PipeStatistics {
        lanes = List.copyOf(lanes);
        participants = List.copyOf(participants);
    }

    /**
     * The lane of one sender slot.
     *
     * @param index the number of the sender slot, from 0
     * @param sentBytes the bytes sent since the lane was created, including the overhead of each
     *     message
     * @param receivedBytes the bytes of these that were received
     * @param messages the number of messages that are stored or being received; -1 if they changed
     *     too fast to be counted
     * @param poisoned whether a receiver has found it corrupt
     * @param segments the number of rings in use; 1 unless the pipe is unbounded
     * @param allocatedBytes the space of its rings, including those that are kept for reuse
     * @param dropped the number of messages that its senders have dropped at the quota, see {@link
     *     OverflowPolicy}
     */
    public record Lane(
            int index,
            long sentBytes,
            long receivedBytes,
            int messages,
            boolean poisoned,
            int segments,
            long allocatedBytes,
            long dropped) {
        /**
         * Returns the bytes that are stored or being received.
         *
         * @return the number of bytes, including the overhead of each message
         */
        public long depthBytes() {
            return sentBytes - receivedBytes;
        }
    }

    /**
     * An end that is attached to a slot, or was the last one to be.
     *
     * @param sender true for a sender, false for a receiver
     * @param index the number of its slot on its side, from 0
     * @param attached whether it has neither closed nor been found dead
     * @param alive whether it is attached and its process is alive, according to the kernel
     * @param pid the id of its process, in that process's own PID namespace
     * @param since the time when it attached
     * @param inFlight the number of messages that it has taken and not finished, where receivers
     *     share lanes; a paused process keeps them
     * @param waits how often it blocked in the kernel, counted when a wait ends
     * @param wakeups how often it was woken
     * @param redelivered the number of messages that were recovered from receivers that died in
     *     this slot
     */
    public record Participant(
            boolean sender,
            int index,
            boolean attached,
            boolean alive,
            long pid,
            Instant since,
            int inFlight,
            long waits,
            long wakeups,
            long redelivered) {}

    /**
     * Returns the number of messages that are stored or being received.
     *
     * @return the number in all lanes, except those whose messages could not be counted
     */
    public long messages() {
        return lanes.stream().mapToLong(lane -> Math.max(0, lane.messages())).sum();
    }

    /**
     * Returns the bytes sent in all lanes.
     *
     * @return the number of bytes since the pipe was created, including the overhead of each
     *     message
     */
    public long sentBytes() {
        return lanes.stream().mapToLong(Lane::sentBytes).sum();
    }

    /**
     * Returns the bytes received from all lanes.
     *
     * @return the number of bytes since the pipe was created, including the overhead of each
     *     message
     */
    public long receivedBytes() {
        return lanes.stream().mapToLong(Lane::receivedBytes).sum();
    }

    /**
     * Returns the rate at which messages were received between two snapshots.
     *
     * @param earlier an earlier snapshot of the same pipe, taken by this process
     * @return the rate in bytes per second, including the overhead of each message; 0 if no time
     *     has passed
     */
    public double receivedBytesPerSecond(PipeStatistics earlier) {
        double seconds = (nanoTime - earlier.nanoTime) / 1e9;
        return seconds <= 0 ? 0 : (receivedBytes() - earlier.receivedBytes()) / seconds;
    }
}
