package io.sluice;

import java.time.Instant;
import java.util.List;

/**
 * What a pipe's files said of it at some moment: how much it holds, how far its ends are, and who
 * they are. Looking costs its ends nothing; while they go on the numbers are those of moments close
 * to each other. Nothing here is checked as messages are: a broken peer may have written anything.
 *
 * @param nanoTime when it was looked, by {@link System#nanoTime} of this process
 * @param lanes each sender's place that has been used; of a pipe for one sender always its only one
 * @param participants each place that has been used: senders first, then receivers
 */
public record PipeStatistics(long nanoTime, List<Lane> lanes, List<Participant> participants) {
    /**
     * What it was made from, unmodifiable.
     *
     * @param nanoTime when it was looked
     * @param lanes the lanes
     * @param participants the participants
     */
    public PipeStatistics {
        lanes = List.copyOf(lanes);
        participants = List.copyOf(participants);
    }

    /**
     * One sender's lane.
     *
     * @param index the number of the sender's place, from 0
     * @param sentBytes what was sent there since the lane was made, with what each message takes
     *     beside its content
     * @param receivedBytes what of it was received
     * @param messages how many messages wait, or are being received; -1 if they changed too fast to
     *     be counted
     * @param givenUp whether a receiver has found it corrupt
     * @param segments how many rings it consists of now; 1 unless the pipe is unbounded
     * @param allocatedBytes how much space its rings take, those included that wait to be used
     *     again
     * @param dropped how many messages its senders have dropped at the quota, see {@link AtQuota}
     */
    public record Lane(
            int index,
            long sentBytes,
            long receivedBytes,
            int messages,
            boolean givenUp,
            int segments,
            long allocatedBytes,
            long dropped) {
        /**
         * How much waits, or is being received.
         *
         * @return in bytes, with what each message takes beside its content
         */
        public long depthBytes() {
            return sentBytes - receivedBytes;
        }
    }

    /**
     * One end that is attached, or was there last.
     *
     * @param sender whether it sends; else it receives
     * @param index the number of its place on its side, from 0
     * @param attached whether it has not closed, nor been found dead
     * @param alive whether it is attached and its process lives, as the kernel says
     * @param pid its process, as that one's own namespace numbers it
     * @param since when it attached
     * @param held how many messages it has taken and not finished, where receivers share lanes: a
     *     paused process keeps them
     * @param sleeps how often it slept, counted when a wait ends
     * @param wakes how often it was woken from that
     * @param redelivered how many messages were taken from receivers that died at this place
     */
    public record Participant(
            boolean sender,
            int index,
            boolean attached,
            boolean alive,
            long pid,
            Instant since,
            int held,
            long sleeps,
            long wakes,
            long redelivered) {}

    /**
     * How many messages wait, or are being received.
     *
     * @return the number in all lanes, those that could not be counted left out
     */
    public long messages() {
        return lanes.stream().mapToLong(lane -> Math.max(0, lane.messages())).sum();
    }

    /**
     * How much was sent in all lanes.
     *
     * @return in bytes since the pipe was made, with what each message takes beside its content
     */
    public long sentBytes() {
        return lanes.stream().mapToLong(Lane::sentBytes).sum();
    }

    /**
     * How much was received from all lanes.
     *
     * @return in bytes since the pipe was made, with what each message takes beside its content
     */
    public long receivedBytes() {
        return lanes.stream().mapToLong(Lane::receivedBytes).sum();
    }

    /**
     * How fast messages were received between two looks.
     *
     * @param earlier an earlier look of this process at the same pipe
     * @return in bytes a second, with what each message takes beside its content; 0 between two
     *     looks at one moment
     */
    public double receivedBytesPerSecond(PipeStatistics earlier) {
        double seconds = (nanoTime - earlier.nanoTime) / 1e9;
        return seconds <= 0 ? 0 : (receivedBytes() - earlier.receivedBytes()) / seconds;
    }
}
