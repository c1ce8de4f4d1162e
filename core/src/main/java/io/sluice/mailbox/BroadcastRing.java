package io.sluice.mailbox;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jctools.queues.QueueProgressIndicators;

/**
 * The ring of a broadcast: every receiver gets every message. Message <em>i</em> is in slot
 * <em>i</em> modulo the length, which is at least twice the capacity. The protocol is the
 * Disruptor's multicast, with Agrona's intent for receivers that may be overtaken.
 *
 * <p>A <em>gated</em> receiver has a <em>gate</em>: its position, which it moves after it has read
 * a message. Invariants: no message is accepted that is a capacity or more beyond a gate; and
 * before a slot is written again, <em>intent</em> is beyond its new message. Senders read the gates
 * and raise the intent only when they reach a limit, at most a quarter of the ring ahead: so
 * neither costs a message anything.
 *
 * <p>A <em>lossy</em> receiver reads a slot, then the intent. If that is at most a ring's length
 * beyond its position, no sender had begun to write the slot again, and what it has read is the
 * message at its position. So it keeps at least the newest messages, as many as the capacity.
 *
 * <p>A single sender publishes its messages by its index. Of several senders each claims an index
 * by compare-and-set and publishes its message by the number in its slot, which is the index plus
 * one; before, it is that of the message one lap earlier. A slot whose sender was preempted a whole
 * lap ago is waited for: that can happen only while no receiver is gated.
 *
 * <p>Until the first receiver joins there is a gate before the first message, so that receiver
 * misses nothing. Later receivers begin after what was sent before. Gates change under the
 * mailbox's lock. A receiver that joins adds its gate and then reads the index, where it begins; a
 * sender writes the index, fences, and then reads the gates. So the receiver begins at or beyond
 * the index from which a limit was computed that does not regard its gate, and the limit holds for
 * it, too: it is at most a quarter of the ring, which is no more than the capacity, ahead. Until
 * then its gate is where the index was before, so a sender may be refused though there is room.
 */
final class BroadcastRing<E> implements QueueProgressIndicators {
    static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
    static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);

    // Each word has a pair of cache lines to itself, because of the adjacent-line prefetcher.
    static final int INDEX = 16; // Of the next message that a sender sends, or claims.
    static final int LIMIT = INDEX + 16; // Messages below it may be sent.
    private static final int INTENT = LIMIT + 16; // Messages below it may be being written.

    /** Of a receiver's own words. */
    static final int POSITION = 16;

    private static final int LONGEST_RUN = 64; // How far a receiver looks for what is published.

    final long[] words = new long[INTENT + 16];
    final Object[] slots;
    final int mask;
    private final long[] numbers; // Null if there is a single sender.
    private final int capacity;
    private final int step;
    private volatile long[][] gates = {newReceiverWords()};
    private boolean joined;

    BroadcastRing(int capacity, boolean oneSender) {
        int length = 2 * Integer.highestOneBit(2 * capacity - 1);
        this.capacity = capacity;
        this.mask = length - 1;
        this.step = Math.max(1, length / 4);
        this.slots = new Object[length];
        this.numbers = oneSender ? null : new long[length];
        if (!oneSender) {
            Arrays.setAll(numbers, i -> i + 1 - length);
        }
        VarHandle.releaseFence(); // Publishes the initial state with this ring.
    }

    static long[] newReceiverWords() {
        return new long[2 * POSITION + 1];
    }

    int capacity() {
        return capacity;
    }

    // ---- senders

    /** Sends a message if there is room. A single sender's thread; wait-free. */
    boolean offerAlone(E message) {
        long index = (long) WORD.get(words, INDEX);
        if (index >= (long) WORD.get(words, LIMIT) && !extend(index)) {
            return false;
        }
        // edge BROADCAST_SLOT, to BroadcastRing.isIntact
        SLOT.setRelease(slots, (int) index & mask, message);
        // edge BROADCAST, to BroadcastRing.published
        WORD.setRelease(words, INDEX, index + 1);
        return true;
    }

    /** Sends a message if there is room. Any thread; lock-free but for the wait for a slot. */
    boolean offerShared(E message) {
        while (true) {
            long index = (long) WORD.getVolatile(words, INDEX);
            if (index >= (long) WORD.getAcquire(words, LIMIT) && !extend(index)) {
                if (index == (long) WORD.getVolatile(words, INDEX)) {
                    return false;
                }
                continue; // Another sender has sent meanwhile.
            }
            int slot = (int) index & mask;
            if ((long) WORD.getAcquire(numbers, slot) < index - mask) {
                Thread.onSpinWait(); // Its sender of a lap ago is still writing.
            } else if (WORD.compareAndSet(words, INDEX, index, index + 1)) {
                // edge BROADCAST_SLOT, to BroadcastRing.isIntact
                SLOT.setRelease(slots, slot, message);
                // edge BROADCAST, to BroadcastRing.published
                WORD.setRelease(numbers, slot, index + 1);
                return true;
            }
        }
    }

    /** Raises the limit beyond the index, and returns whether there is room for its message. */
    private boolean extend(long index) {
        long limit = limit(index);
        if (limit <= index) {
            return false;
        }
        for (long intent; (intent = (long) WORD.getVolatile(words, INTENT)) < limit; ) {
            // edge BROADCAST_INTENT, to BroadcastRing.isIntact
            WORD.compareAndSet(words, INTENT, intent, limit);
        }
        WORD.setRelease(words, LIMIT, limit); // No edge. It may fall, to a value that also holds.
        return true;
    }

    private long limit(long index) {
        VarHandle.fullFence(); // Between the index and the gates, for a single sender.
        long limit = index + step;
        for (long[] gate : gates) {
            // edge BROADCAST_GATE, from BroadcastRing.pass
            limit = Math.min(limit, (long) WORD.getAcquire(gate, POSITION) + capacity);
        }
        return limit;
    }

    /** Tests whether a message could be sent now. Any thread. */
    boolean hasRoom() {
        long index = (long) WORD.getVolatile(words, INDEX);
        return limit(index) > index;
    }

    // ---- receivers

    /**
     * Returns up to which index messages are published, from a receiver's position on. Beyond what
     * it returns there may be more.
     */
    long published(long position) {
        if (numbers == null) {
            // edge BROADCAST, from BroadcastRing.offerAlone
            return (long) WORD.getAcquire(words, INDEX);
        }
        long end = position;
        // edge BROADCAST, from BroadcastRing.offerShared
        while (end < position + LONGEST_RUN
                && (long) WORD.getAcquire(numbers, (int) end & mask) > end) {
            end++;
        }
        return end;
    }

    /** Tests whether a sender has claimed an index. Its message need not be published yet. */
    boolean isClaimed(long index) {
        return (long) WORD.getVolatile(words, INDEX) > index;
    }

    /** Moves a receiver's position beyond a message that it has read. */
    static void pass(long[] receiver, long position) {
        WORD.setRelease(
                receiver, POSITION, position + 1); // edge BROADCAST_GATE, to BroadcastRing.limit
    }

    /** Tests whether what a lossy receiver has read at a position is that message. */
    boolean isIntact(long position) {
        // edge BROADCAST_SLOT, from BroadcastRing.offerAlone, BroadcastRing.offerShared
        VarHandle.acquireFence();
        // edge BROADCAST_INTENT, from BroadcastRing.extend
        return (long) WORD.getAcquire(words, INTENT) <= position + mask + 1;
    }

    /** Returns the position of the oldest of the newest messages, as many as the capacity. */
    long oldest() {
        return Math.max(0, (long) WORD.getVolatile(words, INDEX) - capacity);
    }

    /** Adds a receiver, and sets its position. Under the mailbox's lock. */
    void join(long[] receiver, boolean gated) {
        if (!joined) {
            joined = true;
            gates = gated ? new long[][] {receiver} : new long[0][];
            return;
        }
        if (gated) {
            long[][] more = Arrays.copyOf(gates, gates.length + 1);
            more[gates.length] = receiver;
            WORD.setVolatile(receiver, POSITION, WORD.getVolatile(words, INDEX));
            gates = more;
        }
        WORD.setVolatile(receiver, POSITION, WORD.getVolatile(words, INDEX));
    }

    /** Removes a receiver's gate, if it has one. Under the mailbox's lock. */
    void leave(long[] receiver) {
        gates = Arrays.stream(gates).filter(gate -> gate != receiver).toArray(long[][]::new);
    }

    /** Returns how many messages the slowest gated receiver has not received; a snapshot. */
    int size() {
        long oldest = Long.MAX_VALUE;
        for (long[] gate : gates) {
            oldest = Math.min(oldest, (long) WORD.getVolatile(gate, POSITION));
        }
        long index = (long) WORD.getVolatile(words, INDEX);
        return Math.clamp(index - Math.min(oldest, index), 0, capacity);
    }

    @Override
    public long currentProducerIndex() {
        return (long) WORD.getVolatile(words, INDEX);
    }

    @Override
    public long currentConsumerIndex() {
        return currentProducerIndex() - size();
    }
}
