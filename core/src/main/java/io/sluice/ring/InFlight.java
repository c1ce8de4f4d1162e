package io.sluice.ring;

import static io.sluice.ring.RecordDescriptor.UNCOMMITTED;
import static io.sluice.ring.SlotStateDescriptor.DONE;
import static io.sluice.ring.SlotStateDescriptor.RECORD_REF_OFFSET;
import static io.sluice.ring.SlotStateDescriptor.SEQUENCE_MASK;
import static io.sluice.ring.SlotStateDescriptor.STRIDE;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.Memory;

/**
 * The in-flight records of a lane with several receivers: those that the sender has not yet seen to
 * be done, from the oldest to the newest. They are contiguous in the ring. Never shared; one thread
 * at a time.
 */
final class InFlight {
    private final Cursor cursor = new Cursor();
    private final int[] lengths; // Bytes of the ring, by sequence modulo the array's length.

    private InFlight(int count, long sequence, long position) {
        lengths = new int[count];
        restart(sequence, position);
    }

    /**
     * Completes the positions: a record reference contains only their lower bits.
     *
     * @param posted a position at or before the last sender's, by less than 2^35 bytes
     */
    void unwrap(long posted) {
        long higher = RecordDescriptor.unwrap(end(), posted) - end();
        cursor.start = start() + higher;
        cursor.end = end() + higher;
    }

    /** Removes all records, and sets the sequence and position of the next one. */
    void restart(long sequence, long position) {
        cursor.firstSequence = sequence;
        cursor.nextSequence = sequence;
        cursor.start = position;
        cursor.end = position;
    }

    /**
     * Restores the in-flight records that the last sender left, at whichever instruction it died.
     * The newest record counts as in flight even if it is done: the next record begins at its end.
     *
     * @throws ChannelCorruptedException if no sender and receivers can have left this state
     */
    static InFlight restore(Memory claims, int capacity) {
        int count = SlotStateDescriptor.count(capacity);
        int maxPayloadLength = LaneDescriptor.maxPayloadLength(capacity);
        long newest = newest(claims, count);
        InFlight found = null;
        for (long sequence = newest - count + 1; sequence <= newest; sequence++) {
            // edge SPMC_RELEASE, from SpmcRingReceiver.release, SpmcRingRecovery.drop: the
            // sender may overwrite the space of done records.
            long word = claims.getLongAcquire(sequence * STRIDE);
            checkRestored(word, sequence, count);
            long place = claims.getLong(sequence * STRIDE + RECORD_REF_OFFSET);
            boolean done = SlotStateDescriptor.state(word) == DONE;
            boolean untouched = word == 0 && place == UNCOMMITTED;
            if (found == null && done && (sequence < newest || untouched)) {
                continue;
            }
            long position = RecordDescriptor.position(place);
            int length = RecordDescriptor.payloadLength(place, position, maxPayloadLength);
            if (found == null) {
                found = new InFlight(count, sequence, position);
            }
            found.checkNext(position, length, capacity);
            found.add(length);
        }
        return found != null ? found : new InFlight(count, newest + 1, 0);
    }

    /** Returns the newest sequence that was published; 0 if there is none. */
    static long newest(Memory claims, int count) {
        long newest = 0;
        for (int i = 0; i < count; i++) {
            // No edge: only the sequences are used, and they are only compared.
            long word = claims.getLongAcquire((long) i * STRIDE);
            if (!SlotStateDescriptor.isValid(word, i, count)) {
                throw SlotStateDescriptor.invalid(word, i, count);
            }
            long sequence = SlotStateDescriptor.sequence(word);
            if (!SlotBatch.isPublished(claims, word)) {
                sequence -= count;
            }
            boolean newer = SlotStateDescriptor.distance(sequence, newest) > 0;
            if (i == 0 || word != 0 && newer) {
                newest = sequence;
            }
        }
        return newest;
    }

    /** Checks that sequences are consecutive; only in a new lane are some message slots unused. */
    private static void checkRestored(long word, long sequence, int count) {
        boolean unused = word == 0 && sequence <= 0;
        if (!SlotStateDescriptor.isValid(word, sequence, count)
                || SlotStateDescriptor.sequence(word) != (sequence & SEQUENCE_MASK) && !unused) {
            throw SlotStateDescriptor.corrupted(
                    word, sequence, count, "sequence " + (sequence & SEQUENCE_MASK));
        }
    }

    private void checkNext(long position, int payloadLength, int capacity) {
        long expected = RecordDescriptor.position(RecordDescriptor.word(end(), 0));
        long taken = end() - start() + SlotStateDescriptor.ringLength(payloadLength);
        if (position != expected || taken > capacity) {
            throw new ChannelCorruptedException(
                    String.format(
                            "the record of sequence %d is at position %d, %d long; expected it at"
                                    + " %d, and %d to be at most the capacity, %d",
                            next(), position, payloadLength, expected, taken, capacity));
        }
    }

    /** Returns the sequence of the oldest record; {@link #next} if there is none. */
    long first() {
        return cursor.firstSequence;
    }

    /**
     * Returns the sequence of the next record. Only its lower 44 bits are written to message slots.
     */
    long next() {
        return cursor.nextSequence;
    }

    /** Returns the position of the oldest record, in bytes since the lane was created. */
    long start() {
        return cursor.start;
    }

    /** Returns the position of the next record, in bytes since the lane was created. */
    long end() {
        return cursor.end;
    }

    boolean isEmpty() {
        return first() == next();
    }

    /** Tests whether so many message slots have no in-flight record. */
    boolean hasSlots(int slots) {
        return next() - first() + slots <= lengths.length;
    }

    void add(int payloadLength) {
        prepare(next(), payloadLength);
        addPrepared();
    }

    /** Prepares the record of a sequence that is to be added. */
    void prepare(long sequence, int payloadLength) {
        lengths[index(sequence)] = SlotStateDescriptor.ringLength(payloadLength);
    }

    /** Adds the next record, which is prepared. */
    void addPrepared() {
        long sequence = next();
        cursor.nextSequence = sequence + 1;
        cursor.end = end() + length(sequence);
    }

    void removeFirst() {
        long sequence = first();
        cursor.firstSequence = sequence + 1;
        cursor.start = start() + length(sequence);
    }

    /** Returns how many bytes of the ring the in-flight record of a sequence takes. */
    int length(long sequence) {
        return lengths[index(sequence)];
    }

    private int index(long sequence) {
        return (int) sequence & lengths.length - 1;
    }
}
