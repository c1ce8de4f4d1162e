package io.sluice.ring;

import static io.sluice.ring.BroadcastDescriptor.GATED_FLAG;
import static io.sluice.ring.RecordDescriptor.HEADER_LENGTH;
import static io.sluice.ring.RecordDescriptor.UNCOMMITTED;

import io.sluice.ChannelCorruptedException;
import io.sluice.ControlledMessageHandler.Action;
import io.sluice.MessageHandler;
import io.sluice.memory.RingMemory;
import java.lang.foreign.MemorySegment;

/**
 * A receiver of a broadcast lane that gets every message: its gate limits the sender. It passes
 * messages to the handler in place, and moves its gate once per batch.
 *
 * <p>Nothing it had received or not is kept for a successor: the next receiver in its place joins
 * anew.
 *
 * <p>Each method checks a record's length against the ring's longest; only {@link
 * #poll(MessageHandler, int, int)} has a limit of its caller's beside it.
 *
 * <p>Guarantee: wait-free. One thread at a time.
 */
final class GatedRingReceiver extends BroadcastRingReceiver {
    private final MemorySegment bytes;
    private final long mask;
    private final int publishInterval;

    GatedRingReceiver(
            RingMemory lane, int receiver, Broadcast broadcast, DrainBackoff drainBackoff) {
        super(lane, receiver, drainBackoff);
        this.bytes = ring.bytes().asReadOnly();
        this.mask = capacity - 1;
        this.publishInterval = capacity / 4;
        join(broadcast.start(), true);
    }

    @Override
    public int poll(MessageHandler handler, int limit, int longest) {
        drainBackoff.beforePoll(this);
        int room = Math.min(longest, maxPayloadLength);
        int count = 0;
        long position = cursor.position;
        long published = position;
        try {
            while (count < limit) {
                // edge COMMIT, from SpscRingSender.publish: the payload is complete.
                long word = ring.getLongAcquire(position);
                if (word == UNCOMMITTED) {
                    drainBackoff.onDrained(count);
                    break;
                }
                int length = RecordDescriptor.payloadLength(word, position, maxPayloadLength, room);
                long payload = position + HEADER_LENGTH & mask;
                position += RecordDescriptor.recordLength(length);
                count++;
                ring.beforeRead(payload, length);
                HandlerException.onMessage(handler, bytes, payload, length);
                if (position - published >= publishInterval) {
                    publish(position);
                    published = position;
                }
            }
        } finally {
            cursor.messages += count;
            if (position != published) {
                publish(position);
            }
        }
        return count;
    }

    @Override
    public int controlledPoll(ControlledBatch batch, int limit) {
        int count = 0;
        long position = cursor.position;
        long published = position;
        try {
            while (count < limit && !batch.isStopped()) {
                // edge COMMIT, from SpscRingSender.publish: the payload is complete.
                long word = ring.getLongAcquire(position);
                if (word == UNCOMMITTED) {
                    break;
                }
                int length = RecordDescriptor.payloadLength(word, position, maxPayloadLength);
                long payload = position + HEADER_LENGTH & mask;
                long begin = position;
                ring.beforeRead(payload, length);
                position += RecordDescriptor.recordLength(length);
                count++; // If the handler throws, the message is received.
                Action action = batch.handle(bytes, payload, length);
                if (action == Action.ABORT) {
                    position = begin;
                    count--;
                }
                if (action == Action.COMMIT && position != published) {
                    publish(position);
                    published = position;
                }
            }
        } finally {
            cursor.messages += count;
            if (position != published) {
                publish(position);
            }
        }
        return count;
    }

    @Override
    public int pollRun(MessageRun run, int limit) {
        drainBackoff.beforePoll(this);
        long begin = cursor.position;
        long end = collect(run, begin, Math.min(limit, MessageRun.MAX_SIZE));
        if (end == begin) {
            return 0;
        }
        try {
            run.deliver(bytes);
        } finally {
            cursor.messages += run.size();
            publish(end);
        }
        return run.size();
    }

    /** Collects records up to a quarter of the ring; returns the end of the last one. */
    private long collect(MessageRun run, long begin, int most) {
        run.clear();
        long position = begin;
        while (run.size() < most && position - begin < publishInterval) {
            // edge COMMIT, from SpscRingSender.publish: the payload is complete.
            long word = ring.getLongAcquire(position);
            if (word == UNCOMMITTED) {
                drainBackoff.onDrained(run.size());
                break;
            }
            if (run.size() > 0 && !RecordDescriptor.isValid(word, position, maxPayloadLength)) {
                break; // The next call reports it.
            }
            int length = RecordDescriptor.payloadLength(word, position, maxPayloadLength);
            long payload = position + HEADER_LENGTH & mask;
            ring.beforeRead(payload, length);
            run.add(payload, length);
            position += RecordDescriptor.recordLength(length);
        }
        return position;
    }

    private void publish(long position) {
        cursor.position = position;
        // edge GATE, to BroadcastLimit.leastGate, RingStats.ofBroadcast: the payload has been read.
        control.setLongRelease(gateOffset, position | GATED_FLAG);
        wakeSender(position);
    }

    @Override
    public boolean hasNext() {
        return word(cursor.position) != UNCOMMITTED;
    }

    @Override
    public boolean isGated() {
        return true;
    }

    @Override
    public void verify() {
        long gate = control.getLong(gateOffset);
        if (gate != (cursor.position | GATED_FLAG)) {
            throw new ChannelCorruptedException(
                    String.format(
                            "this receiver's gate is 0x%016x; expected the position %d",
                            gate, cursor.position));
        }
        if (!isIntact(cursor.position)) {
            throw new ChannelCorruptedException(
                    "the sender has overwritten position "
                            + cursor.position
                            + ", where this gated receiver is");
        }
    }
}
