package io.sluice.ring;

import static io.sluice.ring.LaneDescriptor.RECEIVER_POSITION_OFFSET;
import static io.sluice.ring.LaneDescriptor.SENDER_POSITION_OFFSET;
import static io.sluice.ring.SlotStateDescriptor.RECORD_REF_OFFSET;
import static io.sluice.ring.SlotStateDescriptor.STRIDE;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;

/**
 * A snapshot of the positions of a lane's ends, as seen by a thread that is neither. The thread
 * only reads, while the ends proceed: the numbers are those of one moment, or of several close to
 * each other.
 *
 * @param sent the sender's position, in bytes since the lane was created
 * @param received the bytes received, on the same scale
 * @param messages the number of messages that wait or are being received; -1 if it could not be
 *     determined
 */
record RingStats(long sent, long received, int messages) {
    /** The number of retries when the ends have moved on. */
    private static final int MAX_TRIES = 5;

    /** The number of messages that are counted one by one. */
    private static final int MAX_COUNTED = 1 << 20;

    /** Reads a single ring. */
    static RingStats ofRing(RingMemory ring) {
        return ring.slotStates() == null
                ? ofSpsc(ring.control(), ring.ring())
                : ofSpmc(ring.control(), ring.slotStates());
    }

    /**
     * Reads a lane with one receiver by following its records.
     *
     * @param control the lane's control block
     * @param ring the lane's ring, mirrored
     * @return a snapshot
     */
    static RingStats ofSpsc(Memory control, Memory ring) {
        int capacity = Math.toIntExact(ring.size());
        int longest = LaneDescriptor.maxPayloadLength(capacity);
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            // edge RELEASE, from SpscRingReceiver.release
            long received = control.getLongAcquire(RECEIVER_POSITION_OFFSET);
            long position = received;
            int messages = 0;
            try {
                while (position - received < capacity && messages < MAX_COUNTED) {
                    // edge COMMIT, from SpscRingSender.publish
                    long word = ring.getLongAcquire(position);
                    if (word == RecordDescriptor.UNCOMMITTED) {
                        return new RingStats(position, received, messages);
                    }
                    int length = RecordDescriptor.payloadLength(word, position, longest);
                    position += RecordDescriptor.recordLength(length);
                    messages++;
                }
            } catch (ChannelCorruptedException e) {
                continue; // Overwritten meanwhile, or corrupt.
            }
        }
        return new RingStats(
                control.getLong(SENDER_POSITION_OFFSET),
                control.getLong(RECEIVER_POSITION_OFFSET),
                -1);
    }

    /**
     * Reads a lane with several receivers by counting its message slots.
     *
     * @param control the lane's control block
     * @param claims the lane's message slots
     * @return a snapshot
     */
    static RingStats ofSpmc(Memory control, Memory claims) {
        // edge POSTED, from SpmcRingSender.postPosition: the newest record ends at or after it.
        long posted = control.getLongAcquire(SENDER_POSITION_OFFSET);
        int count = (int) (claims.size() / STRIDE);
        int messages = 0;
        long newest = 0;
        long sent = 0;
        long waiting = 0;
        for (int i = 0; i < count; i++) {
            // edge SPMC_COMMIT, from SpmcRingSender.publish
            long word = claims.getLongAcquire((long) i * STRIDE);
            long place = claims.getLong((long) i * STRIDE + RECORD_REF_OFFSET);
            if (word == 0
                    || !SlotStateDescriptor.isValid(word, i, count)
                    || !SlotBatch.isPublished(claims, word)) {
                continue;
            }
            int length =
                    SlotStateDescriptor.ringLength((int) (place & RecordDescriptor.LENGTH_MASK));
            long sequence = SlotStateDescriptor.sequence(word);
            if (newest == 0 || SlotStateDescriptor.distance(sequence, newest) > 0) {
                newest = sequence;
                sent = RecordDescriptor.position(place) + length;
            }
            if (SlotStateDescriptor.state(word) != SlotStateDescriptor.DONE) {
                messages++;
                waiting += length;
            }
        }
        sent = RecordDescriptor.unwrap(sent, posted);
        return new RingStats(sent, Math.max(0, sent - waiting), messages);
    }

    /**
     * Reads a broadcast lane: what its slowest gated receiver has not received.
     *
     * @param lane the lane
     * @param receivers the number of gates
     * @return a snapshot
     */
    static RingStats ofBroadcast(RingMemory lane, int receivers) {
        Memory control = lane.control();
        // edge POSTED, from SpscRingSender.postPosition, BroadcastLimit.note
        long posted = control.getLongAcquire(SENDER_POSITION_OFFSET);
        long received = Long.MAX_VALUE;
        for (int i = 0; i < receivers; i++) {
            // edge GATE, from GatedRingReceiver.publish, BroadcastRingReceiver.gate,
            // LossyRingReceiver.publish
            long gate = control.getLongAcquire(BroadcastDescriptor.gateOffset(i));
            if (BroadcastDescriptor.isGated(gate)) {
                received = Math.min(received, gate & -RecordDescriptor.ALIGNMENT);
            }
        }
        return received == Long.MAX_VALUE
                ? new RingStats(posted, posted, 0)
                : new RingStats(Math.max(posted, received), received, -1);
    }

    /**
     * Reads a lane of a rendezvous pipe, which holds at most one offer.
     *
     * @param control the lane's control block
     * @param ring the lane's ring
     * @return a snapshot
     */
    static RingStats ofRendezvous(Memory control, Memory ring) {
        long received = control.getLong(SENDER_POSITION_OFFSET);
        // edge OFFER, from RendezvousLaneSender.publish: the length is visible.
        long word = ring.getLongAcquire(OfferDescriptor.WORD_OFFSET);
        long length = ring.getLong(OfferDescriptor.LENGTH_OFFSET);
        boolean offered = SlotStateDescriptor.state(word) == SlotStateDescriptor.READY;
        return new RingStats(offered ? received + length : received, received, offered ? 1 : 0);
    }
}
