package io.sluice.ring;

import static io.sluice.ring.LaneDescriptor.ATTEMPTS_OFFSET;
import static io.sluice.ring.LaneDescriptor.ATTEMPTS_POSITION_OFFSET;
import static io.sluice.ring.LaneDescriptor.RECEIVER_POSITION_OFFSET;
import static io.sluice.ring.LaneDescriptor.SENDER_EVENT_OFFSET;
import static io.sluice.ring.LaneDescriptor.SENDER_POSITION_OFFSET;
import static io.sluice.ring.LaneDescriptor.TAKEN_POSITION_OFFSET;
import static io.sluice.ring.LaneDescriptor.WAKEUP_POSITION_OFFSET;
import static io.sluice.ring.RecordDescriptor.HEADER_LENGTH;
import static io.sluice.ring.RecordDescriptor.UNCOMMITTED;

import io.sluice.ChannelCorruptedException;
import io.sluice.ControlledMessageHandler.Action;
import io.sluice.MessageHandler;
import io.sluice.memory.Memory;
import io.sluice.wait.DrainMode;
import io.sluice.wait.FutexEvent;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The receiving side of a lane with one receiver.
 *
 * <p>Reads records until a word is zero, passes them to the handler in place, and releases their
 * space once per batch. It writes to no cache line but its own.
 *
 * <p>Before it passes a record to the handler it stores the position of the record's end. If the
 * receiver dies, its successor can therefore determine which records may have been received: those
 * from the receiver's position up to there. They are redelivered with the number of attempts, or
 * dropped if the pipe's specification says so.
 *
 * <p>Redelivered records are passed to the handler one at a time, and the space of each is released
 * before the next. If this receiver dies too, only one record is affected: the number of attempts
 * is stored for that record, with its position, and each record after it was handed out once, in
 * the first batch.
 *
 * <p>Guarantee: wait-free. One thread at a time.
 */
final class SpscRingReceiver implements RingReceiver {
    /** The value at which the count of attempts saturates. */
    private static final int MAX_ATTEMPTS = 15;

    private final Memory control;
    private final Memory ring;
    private final MemorySegment bytes;
    private final long mask;
    private final int maxPayloadLength;
    private final int publishInterval;
    private final boolean backsOff;
    private final Cursor cursor;
    private final DrainBackoff drainBackoff;
    private final FutexEvent senderEvent;
    private final boolean redeliver;
    private long redeliverUpTo;
    private int attempts; // Of the record that is being handled.
    private KeptRecords kept; // Null until records are kept.

    /**
     * Creates a receiver that continues where the last one stopped.
     *
     * @param control the lane's control block
     * @param ring the lane's ring, mirrored
     * @param redeliver whether records that the last receiver may have received are redelivered
     * @param mode the backoff after a batch; {@link DrainMode#NONE} unless this is the caller's
     *     only lane, and the caller waits by calling {@link #poll} repeatedly
     */
    public SpscRingReceiver(Memory control, Memory ring, boolean redeliver, DrainMode mode) {
        this(control, ring, redeliver, mode != DrainMode.NONE, new DrainBackoff(mode));
    }

    /** Creates a receiver with a given pace, for tests. */
    SpscRingReceiver(
            Memory control,
            Memory ring,
            boolean redeliver,
            boolean staysAway,
            DrainBackoff drainBackoff) {
        this.control = control;
        this.ring = ring;
        this.backsOff = staysAway;
        this.cursor = drainBackoff.cursor;
        this.drainBackoff = drainBackoff;
        this.bytes = ring.bytes().asReadOnly();
        int capacity = Math.toIntExact(ring.size());
        this.mask = capacity - 1;
        this.maxPayloadLength = LaneDescriptor.maxPayloadLength(capacity);
        this.publishInterval = capacity / 4;
        this.senderEvent = new FutexEvent(control, SENDER_EVENT_OFFSET);
        this.redeliver = redeliver;
        restart();
    }

    @Override
    public void restart() {
        // No edge of its own: what the last receiver wrote came with its lock, by edge LOCK.
        long position = control.getLongAcquire(RECEIVER_POSITION_OFFSET);
        LaneDescriptor.checkReceiverPosition(position, position, capacity());
        long taken = control.getLong(TAKEN_POSITION_OFFSET);
        if (taken <= position) { // None taken: not every peer writes this word.
            redeliverUpTo = position;
        } else {
            checkTaken(taken, position);
            redeliverUpTo = taken;
            if (!redeliver) {
                position = taken;
                publish(position); // These records are not read again.
            }
        }
        cursor.position = position;
    }

    private void checkTaken(long taken, long position) {
        if (taken - position > capacity() || taken % RecordDescriptor.ALIGNMENT != 0) {
            throw new ChannelCorruptedException(
                    "the taken position is "
                            + taken
                            + "; expected a multiple of 8, at most "
                            + (position + capacity()));
        }
    }

    private int capacity() {
        return (int) mask + 1;
    }

    @Override
    public int poll(MessageHandler handler, int limit, int longest) {
        if (backsOff) {
            drainBackoff.beforePoll(this);
        }
        int room = Math.min(longest, maxPayloadLength);
        int count = cursor.position < redeliverUpTo ? pollRedelivered(handler, limit, room) : 0;
        long position = cursor.position;
        long published = position;
        try {
            while (count < limit) {
                // edge COMMIT, from SpscRingSender.publish: the payload is complete.
                long word = ring.getLongAcquire(position);
                if (word == UNCOMMITTED) {
                    if (backsOff) {
                        drainBackoff.onDrained(count);
                    }
                    break;
                }
                int length = RecordDescriptor.payloadLength(word, position, maxPayloadLength, room);
                long payload = position + HEADER_LENGTH & mask;
                position += RecordDescriptor.recordLength(length);
                count++;
                ring.beforeRead(payload, length);
                recordTaken(position);
                HandlerException.onMessage(handler, bytes, payload, length);
                if (position - published >= publishInterval) {
                    publish(position);
                    published = position;
                }
            }
        } finally {
            if (position != published) {
                publish(position);
            }
        }
        return count;
    }

    /**
     * Hands out records that are released when they are acknowledged. One that is redelivered is
     * alone: the next one follows when it is released, so that a further death affects a single
     * one.
     */
    private int pollKept(ControlledBatch batch, int limit) {
        if (kept == null) {
            kept = new KeptRecords(this::release);
        }
        int count = 0;
        while (count < limit) {
            long begin = cursor.position;
            boolean redelivered = begin < redeliverUpTo;
            if (redelivered && !kept.isEmpty()) {
                break;
            }
            // edge COMMIT, from SpscRingSender.publish: the payload is complete.
            long word = ring.getLongAcquire(begin);
            if (word == UNCOMMITTED) {
                break;
            }
            int length = RecordDescriptor.payloadLength(word, begin, maxPayloadLength);
            long payload = begin + HEADER_LENGTH & mask;
            long end = begin + RecordDescriptor.recordLength(length);
            ring.beforeRead(payload, length);
            if (redelivered) {
                countAttempt(begin);
            }
            if (end > redeliverUpTo) {
                recordTaken(end);
            }
            cursor.position = end;
            count++;
            try {
                batch.keep(kept.add(end), 0, bytes, payload, length);
            } finally {
                attempts = 0;
            }
        }
        return count;
    }

    /** Tests whether the next record waits for the acknowledgement of one before it. */
    @Override
    public boolean awaitsAcknowledgement() {
        return cursor.position < redeliverUpTo && kept != null && !kept.isEmpty();
    }

    @Override
    public int controlledPoll(ControlledBatch batch, int limit) {
        if (batch.keeps()) {
            return pollKept(batch, limit);
        }
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
                long end = begin + RecordDescriptor.recordLength(length);
                boolean redelivered = begin < redeliverUpTo;
                ring.beforeRead(payload, length);
                if (redelivered) {
                    countAttempt(begin);
                }
                if (end > redeliverUpTo) {
                    recordTaken(end);
                }
                position = end; // If the handler throws, the message is received.
                count++;
                Action action = batch.handle(bytes, payload, length);
                if (action == Action.ABORT) {
                    position = begin;
                    count--;
                    undoTaken(begin, end);
                }
                if (redelivered
                        || action == Action.COMMIT
                        || position - published >= publishInterval) {
                    attempts = 0;
                    if (position != published) {
                        publish(position);
                        published = position;
                    }
                }
            }
        } finally {
            attempts = 0;
            if (position != published) {
                publish(position);
            }
        }
        return count;
    }

    @Override
    public int pollRun(MessageRun run, int limit) {
        if (backsOff) {
            drainBackoff.beforePoll(this);
        }
        long begin = cursor.position;
        boolean redelivered = begin < redeliverUpTo;
        long end = collect(run, begin, Math.min(limit, redelivered ? 1 : MessageRun.MAX_SIZE));
        if (end == begin) {
            return 0;
        }
        if (redelivered) {
            countAttempt(begin);
        }
        if (end > redeliverUpTo) {
            recordTaken(end);
        }
        try {
            run.deliver(bytes);
        } finally {
            attempts = 0;
            publish(end);
        }
        return run.size();
    }

    /** Collects records up to a quarter of the ring; returns the end of the last one. */
    private long collect(MessageRun run, long begin, int most) {
        run.clear(begin, mask);
        long position = begin;
        while (run.size() < most && position - begin < publishInterval) {
            // edge COMMIT, from SpscRingSender.publish: the payload is complete.
            long word = ring.getLongAcquire(position);
            if (word == UNCOMMITTED) {
                if (backsOff) {
                    drainBackoff.onDrained(run.size());
                }
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

    /** Records that the handler has not received the message that it was given. */
    private void undoTaken(long begin, long end) {
        if (begin < redeliverUpTo) {
            control.setLong(ATTEMPTS_OFFSET, attempts); // As before countAttempt.
        }
        if (end > redeliverUpTo) {
            recordTaken(Math.max(begin, redeliverUpTo));
        }
    }

    /** Hands out the records that the last receiver may have received. */
    private int pollRedelivered(MessageHandler handler, int limit, int room) {
        int count = 0;
        try {
            for (long position = cursor.position;
                    count < limit && position < redeliverUpTo;
                    position = cursor.position) {
                // edge COMMIT, from SpscRingSender.publish: the payload is complete.
                long word = ring.getLongAcquire(position);
                if (word == UNCOMMITTED) {
                    break;
                }
                int length = RecordDescriptor.payloadLength(word, position, maxPayloadLength, room);
                long payload = position + HEADER_LENGTH & mask;
                long end = position + RecordDescriptor.recordLength(length);
                ring.beforeRead(payload, length);
                countAttempt(position);
                if (end > redeliverUpTo) {
                    recordTaken(end);
                } // Otherwise the word stays: a successor needs it for the later records.
                count++;
                try {
                    HandlerException.onMessage(handler, bytes, payload, length);
                } finally {
                    publish(end);
                }
            }
        } finally {
            attempts = 0;
        }
        return count;
    }

    /** Counts another attempt at the record at a position, which was handed out before. */
    private void countAttempt(long position) {
        attempts = knownAttempts(position);
        control.setLong(ATTEMPTS_OFFSET, Math.min(attempts + 1, MAX_ATTEMPTS));
        VarHandle.storeStoreFence(); // Otherwise the old count could be read for this record.
        control.setLong(ATTEMPTS_POSITION_OFFSET, position);
        VarHandle.storeStoreFence();
    }

    /** Returns how often the record at a position, which was handed out before, was so. */
    private int knownAttempts(long position) {
        long known =
                control.getLong(ATTEMPTS_POSITION_OFFSET) == position
                        ? control.getLong(ATTEMPTS_OFFSET)
                        : 1;
        return (int) Math.min(Math.max(known, 1), MAX_ATTEMPTS);
    }

    /** Counts records up to one that is corrupt, which the next call reports. */
    @Override
    public int redeliveredMessages() {
        int count = 0;
        for (long position = cursor.position; position < redeliverUpTo; count++) {
            // No edge: only the word is read.
            long word = ring.getLongAcquire(position);
            if (word == UNCOMMITTED
                    || !RecordDescriptor.isValid(word, position, maxPayloadLength)) {
                break;
            }
            int length = RecordDescriptor.payloadLength(word, position, maxPayloadLength);
            position += RecordDescriptor.recordLength(length);
        }
        return count;
    }

    @Override
    public int nextAttempt() {
        return cursor.position < redeliverUpTo ? knownAttempts(cursor.position) : 0;
    }

    /** Stores the end of the record that is handed out next, before the handler runs. */
    private void recordTaken(long end) {
        control.setLong(TAKEN_POSITION_OFFSET, end);
        VarHandle.storeStoreFence(); // For the compiler: no instruction on x86-64.
    }

    private void publish(long position) {
        cursor.position = position;
        release(position);
    }

    /** Releases all records up to a position. Also called by threads that acknowledge. */
    private void release(long position) {
        // edge RELEASE, to SpscRingSender.loadRoom, SpscRingSender.receiverPosition,
        // SpscRingSender.verify, RingStats.ofSpsc, SpscRingPeek.received: the payload has been
        // read.
        control.setLongRelease(RECEIVER_POSITION_OFFSET, position);
        if (FutexEvent.isArmed(control, SENDER_EVENT_OFFSET)
                && position >= control.getLong(WAKEUP_POSITION_OFFSET)) {
            senderEvent.notifyOne();
        }
    }

    @Override
    public boolean hasNext() {
        // edge COMMIT, from SpscRingSender.publish: the message reported here is complete.
        return ring.getLongAcquire(cursor.position) != UNCOMMITTED;
    }

    @Override
    public long peekLong() {
        long position = cursor.position;
        // edge COMMIT, from SpscRingSender.publish: the payload is complete.
        long word = ring.getLongAcquire(position);
        if (word == UNCOMMITTED) {
            return NO_MESSAGE;
        }
        int length = RecordDescriptor.payloadLength(word, position, maxPayloadLength);
        if (length < Long.BYTES) {
            throw new ChannelCorruptedException(
                    "a message of " + length + " bytes where each has at least 8");
        }
        long bytes = ring.getLong(position + HEADER_LENGTH);
        if (bytes == NO_MESSAGE) {
            throw new ChannelCorruptedException(
                    "a message that begins with the timestamp that stands for none");
        }
        return bytes;
    }

    @Override
    public int deliveryAttempt() {
        return attempts;
    }

    @Override
    public long position() {
        return cursor.position;
    }

    @Override
    public void verify() {
        long position = cursor.position;
        // edge POSTED, from SpscRingSender.postPosition: all before it is published.
        long posted = control.getLongAcquire(SENDER_POSITION_OFFSET);
        boolean releasesAll = kept == null || kept.isEmpty(); // Before the load.
        long published = control.getLong(RECEIVER_POSITION_OFFSET);
        if (releasesAll ? published != position : published > position) {
            throw new ChannelCorruptedException(
                    "the receiver's position is " + published + "; expected " + position);
        }
        if (posted > position && !hasNext()) {
            throw new ChannelCorruptedException(
                    "no message at the receiver's position "
                            + position
                            + ", though the sender has published up to "
                            + posted);
        }
    }
}
