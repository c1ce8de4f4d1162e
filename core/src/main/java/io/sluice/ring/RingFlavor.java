package io.sluice.ring;

import static io.sluice.ring.LaneDescriptor.ATTEMPTS_OFFSET;
import static io.sluice.ring.LaneDescriptor.ATTEMPTS_POSITION_OFFSET;
import static io.sluice.ring.LaneDescriptor.DROPPED_OFFSET;
import static io.sluice.ring.LaneDescriptor.NOTIFY_MODE_OFFSET;
import static io.sluice.ring.LaneDescriptor.NOTIFY_POISONED;
import static io.sluice.ring.LaneDescriptor.RECEIVER_POSITION_OFFSET;
import static io.sluice.ring.LaneDescriptor.TAKEN_POSITION_OFFSET;
import static io.sluice.ring.SlotStateDescriptor.STRIDE;

import io.sluice.MessageHandler;
import io.sluice.PipePosition;
import io.sluice.PipeStatistics;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import io.sluice.ring.LaneReceiver.LaneTable;
import io.sluice.wait.DrainMode;
import java.util.function.BooleanSupplier;

/**
 * The flavor of a pipe's lanes, and the factory of their ends. (The idea and the word come from
 * crossbeam's channels.) Everything else is the same for all flavors: membership, liveness, waiting
 * and waking, end of stream, broken pipe.
 *
 * @param protocol the protocol of each ring
 * @param timestamped whether each message carries a send timestamp
 * @param dropping whether a full segmented lane drops its oldest messages
 * @param redeliver whether messages that a dead receiver had taken are delivered again
 * @param drain how long a receiver backs off from a lane after a batch
 * @param broadcast what distinguishes a broadcast; null for other protocols
 */
public record RingFlavor(
        Protocol protocol,
        boolean timestamped,
        boolean dropping,
        boolean redeliver,
        DrainMode drain,
        Broadcast broadcast) {
    /** The protocol of a ring. */
    public enum Protocol {
        /** One receiver. */
        SPSC,
        /** Several receivers, or a sender that may drop messages: each message has an owner. */
        SPMC,
        /**
         * No buffer: each message passes from a waiting sender directly to one of the receivers.
         */
        RENDEZVOUS,
        /** Several receivers: each gets every message. */
        BROADCAST
    }

    /**
     * Creates the flavor of lanes whose messages are received once each.
     *
     * @param protocol the protocol of each ring
     * @param timestamped whether each message carries a send timestamp
     * @param dropping whether a full segmented lane drops its oldest messages
     * @param redeliver whether messages that a dead receiver had taken are delivered again
     * @param drain how long a receiver backs off from a lane after a batch
     */
    public RingFlavor(
            Protocol protocol,
            boolean timestamped,
            boolean dropping,
            boolean redeliver,
            DrainMode drain) {
        this(protocol, timestamped, dropping, redeliver, drain, null);
    }

    /**
     * Returns the length of the longest message.
     *
     * @param capacity the capacity of a lane's ring
     * @return the length in bytes
     */
    public int maxMessageLength(int capacity) {
        int length = LaneDescriptor.maxPayloadLength(capacity);
        return timestamped ? length - TimestampedLaneSender.TIMESTAMP_LENGTH : length;
    }

    /**
     * Creates the sending side of a lane, which continues where the last sender stopped.
     *
     * @param lane the lane
     * @return its sender
     */
    public LaneSender sender(RingMemory lane) {
        LaneSender sender =
                protocol == Protocol.RENDEZVOUS
                        ? new RendezvousLaneSender(lane.control(), lane.ring())
                        : lane.isSegmented()
                                ? new SegmentedRingSender(
                                        lane.control(), lane.table(), lane.segments(), this)
                                : ringSender(lane);
        return timestamped ? new TimestampedLaneSender(sender) : sender;
    }

    /**
     * Creates the receiving side of a lane.
     *
     * @param lane the lane
     * @param receiver the receiver's index
     * @return its receiver
     */
    public LaneReceiver receiver(RingMemory lane, int receiver) {
        if (protocol == Protocol.RENDEZVOUS) {
            return new RendezvousLaneReceiver(lane.control(), lane.ring());
        }
        if (protocol == Protocol.BROADCAST) {
            return broadcast.receiver(lane, receiver, new DrainBackoff(drain));
        }
        return lane.isSegmented()
                ? new SegmentedRingReceiver(
                        lane.control(), lane.table(), lane.segments(), this, receiver)
                : ringReceiver(lane, receiver, null, lane.control());
    }

    /**
     * Creates the receiving side of all lanes of a pipe.
     *
     * @param lanes the lanes
     * @param readySet the set of lanes to poll
     * @param backoff how long the receiver backs off from the lanes after a batch
     * @return their receiver
     */
    public LaneReceiver merge(LaneTable lanes, ReadySet readySet, DrainMode backoff) {
        if (timestamped) { // Also with a single sender, which puts timestamps there, too.
            return new TimestampMergeReceiver(lanes, readySet);
        }
        return lanes.size() > 1
                ? new RoundRobinReceiver(lanes, readySet, backoff)
                : lanes.receiver(0);
    }

    /**
     * Releases the messages that a dead receiver had taken from a lane and not finished; of a
     * broadcast lane, what it had kept the sender from overwriting. The caller holds the dead
     * receiver's lock. Idempotent. A receiver that attaches to an SPSC ring recovers it itself, and
     * a rendezvous message is taken completely or not at all.
     *
     * @param lane the lane
     * @param receiver the receiver's index
     * @return the number of messages released
     */
    public int recoverReceiver(RingMemory lane, int receiver) {
        if (lane.isSegmented()) {
            return segmented(lane).recover(receiver, redeliver);
        }
        if (protocol == Protocol.BROADCAST) {
            BroadcastRingReceiver.openGate(
                    lane.control(), BroadcastDescriptor.gateOffset(receiver));
        }
        return isShared()
                ? SpmcRingRecovery.recover(lane.control(), lane.slotStates(), receiver, redeliver)
                : 0;
    }

    /**
     * Undoes the unfinished work of a dead sender. The caller holds its lock. Idempotent.
     *
     * @param lane the lane
     */
    public void recoverSender(RingMemory lane) {
        if (protocol == Protocol.RENDEZVOUS) {
            RendezvousLaneSender.recover(lane.ring());
        }
    }

    /**
     * Reads the messages of a lane for a thread that is neither of its ends, and writes nothing.
     */
    public interface LanePeek {
        /**
         * Hands out copies of messages that were not handed out before, oldest first: those that
         * wait or are being received, and of a broadcast all that are intact.
         *
         * @param handler the handler
         * @param limit the largest number of messages
         * @return the number of messages handed out
         * @throws io.sluice.ChannelCorruptedException if the lane holds what no sender writes
         */
        int peek(MessageHandler handler, int limit);

        /**
         * Tests whether a receiver had taken the message that is being handed out.
         *
         * @return whether it had; it may have finished since
         */
        boolean isTaken();

        /**
         * Returns how much was sent and not handed out since the first call.
         *
         * @return the number of bytes, including the overhead of each message
         */
        long missedBytes();
    }

    /**
     * Begins to read the messages of a lane. The lane may be mapped read-only.
     *
     * @param lane the lane
     * @return what reads them
     */
    public LanePeek peek(RingMemory lane) {
        if (protocol != Protocol.BROADCAST) {
            return new WaitingMessages(lane, this);
        }
        // It neither has a gate nor posts where it is: so it only reads.
        Broadcast lossy =
                new Broadcast(
                        broadcast.receivers(), broadcast.demoting(), true, PipePosition.OLDEST);
        return new BroadcastMessages(
                new LossyRingReceiver(lane, 0, lossy, new DrainBackoff(DrainMode.NONE)));
    }

    /**
     * Reads the statistics of a lane.
     *
     * @param index the lane's number
     * @param lane the lane
     * @param ringLength the space of one of its rings, in bytes
     * @return a snapshot
     */
    public PipeStatistics.Lane statistics(int index, RingMemory lane, long ringLength) {
        SegmentedRing rings = lane.isSegmented() ? segmented(lane) : null;
        RingStats stats =
                protocol == Protocol.RENDEZVOUS
                        ? RingStats.ofRendezvous(lane.control(), lane.ring())
                        : protocol == Protocol.BROADCAST
                                ? RingStats.ofBroadcast(lane, broadcast.receivers())
                                : rings == null ? RingStats.ofRing(lane) : rings.stats();
        return new PipeStatistics.Lane(
                index,
                stats.sent(),
                stats.received(),
                stats.messages(),
                lane.control().getLong(NOTIFY_MODE_OFFSET) == NOTIFY_POISONED,
                rings == null ? 1 : rings.length(),
                rings == null ? ringLength : rings.allocatedSegments() * ringLength,
                lane.control().getLong(DROPPED_OFFSET));
    }

    /**
     * Returns the number of messages that a receiver has taken from a lane and not finished, as far
     * as the lane records it.
     *
     * @param lane the lane
     * @param receiver the receiver's index
     * @return the number
     */
    public int takenBy(RingMemory lane, int receiver) {
        if (lane.isSegmented()) {
            return segmented(lane).takenBy(receiver);
        }
        return isShared() ? SpmcRingRecovery.takenBy(lane.slotStates(), receiver) : 0;
    }

    /**
     * Returns how often the messages that a receiver has taken from a lane and not finished were
     * handed out before, as far as the lane records it.
     *
     * @param lane the lane
     * @param receiver the receiver's index
     * @return the highest number
     */
    public int attemptsOf(RingMemory lane, int receiver) {
        if (lane.isSegmented()) {
            return segmented(lane).attemptsOf(receiver);
        }
        return isShared() ? SpmcRingRecovery.attemptsOf(lane.slotStates(), receiver) : 0;
    }

    private static SegmentedRing segmented(RingMemory lane) {
        return new SegmentedRing(lane.table(), lane.segments());
    }

    /** Tests whether other receivers may still have messages when one receiver finds none. */
    boolean isShared() {
        return protocol == Protocol.SPMC;
    }

    /** Creates the sending side of a single ring, which continues where the last sender stopped. */
    RingSender ringSender(RingMemory ring) {
        if (isShared()) {
            return new SpmcRingSender(ring.control(), ring.slotStates(), ring.ring());
        }
        return new SpscRingSender(
                ring.control(), ring.ring(), broadcast == null ? null : broadcast.limit(ring));
    }

    /**
     * Creates the receiving side of a single ring.
     *
     * @param live whether a segment is still in the list; if not, its contents are meaningless;
     *     null if the ring is no segment
     * @param laneControl the control words of the lane
     */
    RingReceiver ringReceiver(
            RingMemory ring, int owner, BooleanSupplier live, Memory laneControl) {
        return isShared()
                ? new SpmcRingReceiver(
                        ring.control(),
                        ring.slotStates(),
                        ring.ring(),
                        owner,
                        live,
                        laneControl,
                        new DrainBackoff(drain))
                : new SpscRingReceiver(ring.control(), ring.ring(), redeliver, drain);
    }

    /** Initializes a newly allocated segment, whose contents are undefined, as an unused ring. */
    void initialize(RingMemory segment) {
        if (isShared()) {
            Memory slotStates = segment.slotStates();
            for (long offset = 0; offset < slotStates.size(); offset += Long.BYTES) {
                slotStates.setLong(offset, 0);
            }
            // The hint is kept: a late receiver may still compare it with the value that it
            // loaded here.
        } else {
            segment.control().setLong(RECEIVER_POSITION_OFFSET, 0);
            segment.control().setLong(TAKEN_POSITION_OFFSET, 0);
            segment.control().setLong(ATTEMPTS_OFFSET, 0);
            segment.control().setLong(ATTEMPTS_POSITION_OFFSET, 0);
            segment.ring().setLong(0, RecordDescriptor.UNCOMMITTED);
        }
    }

    /**
     * Tests whether all messages that were sent in a sealed ring were received, by the ring's
     * words. The words of an SPSC ring do not show it.
     */
    boolean isReceived(RingMemory segment) {
        if (!isShared()) {
            return false;
        }
        Memory slotStates = segment.slotStates();
        for (long offset = 0; offset < slotStates.size(); offset += STRIDE) {
            // edge SPMC_RELEASE, from SpmcRingReceiver.release, SpmcRingRecovery.drop: a
            // payload that was read may be overwritten.
            long word = slotStates.getLongAcquire(offset);
            if (SlotStateDescriptor.state(word) != SlotStateDescriptor.DONE) {
                return false;
            }
        }
        return true;
    }

    /** Returns a receiver that has taken a message of a ring and not finished it, or -1. */
    int heldBy(RingMemory segment) {
        if (isShared()) {
            Memory slotStates = segment.slotStates();
            for (long offset = 0; offset < slotStates.size(); offset += STRIDE) {
                // No edge: a caller that acts on the result holds that receiver's lock.
                long word = slotStates.getLongAcquire(offset);
                if (SlotStateDescriptor.state(word) == SlotStateDescriptor.TAKEN) {
                    return SlotStateDescriptor.owner(word);
                }
            }
        }
        return -1;
    }

    /**
     * Drops the messages of a sealed ring that were sent and not taken yet. Called by the sender's
     * thread.
     *
     * @param count the task to run for each message that is dropped
     */
    void drop(RingMemory segment, Runnable count) {
        if (isShared()) {
            Memory slotStates = segment.slotStates();
            for (long offset = 0; offset < slotStates.size(); offset += STRIDE) {
                // No edge: the sender wrote the message.
                long word = slotStates.getLongAcquire(offset);
                if (SpmcRingSender.drop(slotStates, offset, word)) {
                    count.run();
                }
            }
        }
    }
}
