package io.sluice.mailbox;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.AbstractQueue;
import java.util.Iterator;
import java.util.Objects;
import org.jctools.queues.QueueProgressIndicators;

/**
 * Bounded MPMC queue with a capacity that need not be a power of two: D. Vyukov's algorithm, as in
 * JCTools. A subclass of JCTools' queue cannot add the limit, because the check for room and the
 * claim of the slot must be one step.
 *
 * <p>Each slot has a sequence number: <em>i</em> when the slot is free for message <em>i</em>,
 * <em>i</em> + 1 when it holds that message, then <em>i</em> + the ring's length when it is free
 * again. A compare-and-set of the index claims the slot. Invariant: there are never more messages
 * between the two indices than the limit, because the receivers' index only grows after it was
 * read.
 *
 * <p>Lock-free except for one wait, as in JCTools: a thread that finds a slot which another thread
 * is writing or reading at that moment spins until it is done. {@link #relaxedPoll} does not. Any
 * thread.
 */
final class ExactMpmcQueue<E> extends AbstractQueue<E> implements QueueProgressIndicators {
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(Object[].class);

    /** With a single slot, "holds message i" and "free for message i + 1" are the same number. */
    private static final int MIN_LENGTH = 2;

    // Each index has a pair of cache lines to itself, because of the adjacent-line prefetcher.
    private static final int PRODUCER_INDEX = 16;
    private static final int PRODUCER_LIMIT = PRODUCER_INDEX + 16;
    private static final int CONSUMER_INDEX = PRODUCER_LIMIT + 16;

    private final long[] words = new long[CONSUMER_INDEX + 16];
    private final long[] sequences;
    private final Object[] messages;
    private final int limit;
    private final int mask;

    ExactMpmcQueue(int limit) {
        int length = Math.max(MIN_LENGTH, Integer.highestOneBit(2 * limit - 1));
        this.limit = limit;
        this.mask = length - 1;
        this.messages = new Object[length];
        this.sequences = new long[length];
        for (int i = 0; i < length; i++) {
            sequences[i] = i;
        }
        words[PRODUCER_LIMIT] = limit;
        VarHandle.releaseFence(); // Publishes the initial state with this queue.
    }

    private long word(int which) {
        return (long) WORD.getVolatile(words, which);
    }

    @Override
    public boolean offer(E message) {
        Objects.requireNonNull(message, "message");
        while (true) {
            long index = word(PRODUCER_INDEX);
            if (index >= word(PRODUCER_LIMIT) && !hasRoom(index)) {
                return false;
            }
            int slot = (int) index & mask;
            // edge SLOT_FREE, from ExactMpmcQueue.take
            long turn = (long) WORD.getAcquire(sequences, slot);
            if (turn == index) {
                if (WORD.compareAndSet(words, PRODUCER_INDEX, index, index + 1)) {
                    ELEMENT.setOpaque(messages, slot, message);
                    // edge SLOT, to ExactMpmcQueue.poll, ExactMpmcQueue.peek
                    WORD.setRelease(sequences, slot, index + 1);
                    return true;
                }
            } else if (turn < index) {
                Thread.onSpinWait(); // A receiver is emptying the slot.
            }
        }
    }

    @Override
    public long currentProducerIndex() {
        return word(PRODUCER_INDEX);
    }

    @Override
    public long currentConsumerIndex() {
        return word(CONSUMER_INDEX);
    }

    /** Reads the receivers' index; the queue was full at that moment if this returns false. */
    private boolean hasRoom(long index) {
        long allowed = word(CONSUMER_INDEX) + limit;
        if (index >= allowed) {
            return false;
        }
        // No edge: a stale value costs one more read.
        WORD.setRelease(words, PRODUCER_LIMIT, allowed);
        return true;
    }

    @Override
    public E poll() {
        return poll(true);
    }

    /** Polls, and does not wait for a sender in the middle of an operation. */
    E relaxedPoll() {
        return poll(false);
    }

    private E poll(boolean exact) {
        while (true) {
            long index = word(CONSUMER_INDEX);
            // edge SLOT, from ExactMpmcQueue.offer
            long turn = (long) WORD.getAcquire(sequences, (int) index & mask);
            if (turn == index + 1) {
                E message = take(index);
                if (message != null) {
                    return message;
                }
            } else if (turn <= index) {
                if (!exact || word(PRODUCER_INDEX) == index) {
                    return null;
                }
                Thread.onSpinWait(); // A sender is filling the slot.
            }
        }
    }

    /** Takes the message at the index; returns null if another receiver claimed it first. */
    @SuppressWarnings("unchecked") // Only offer writes there.
    private E take(long index) {
        if (!WORD.compareAndSet(words, CONSUMER_INDEX, index, index + 1)) {
            return null;
        }
        int slot = (int) index & mask;
        E message = (E) ELEMENT.getOpaque(messages, slot);
        ELEMENT.setOpaque(messages, slot, null);
        // edge SLOT_FREE, to ExactMpmcQueue.offer
        WORD.setRelease(sequences, slot, index + mask + 1);
        return message;
    }

    @Override
    @SuppressWarnings("unchecked") // Only offer writes there.
    public E peek() {
        while (true) {
            long index = word(CONSUMER_INDEX);
            int slot = (int) index & mask;
            // edge SLOT, from ExactMpmcQueue.offer
            long turn = (long) WORD.getAcquire(sequences, slot);
            if (turn == index + 1) {
                E message = (E) ELEMENT.getAcquire(messages, slot);
                if (word(CONSUMER_INDEX) == index) { // It was still there when it was read.
                    return message;
                }
            } else if (turn <= index && word(PRODUCER_INDEX) == index) {
                return null;
            }
        }
    }

    @Override
    public int size() {
        while (true) {
            long taken = word(CONSUMER_INDEX);
            long sent = word(PRODUCER_INDEX);
            if (word(CONSUMER_INDEX) == taken) {
                return (int) (sent - taken);
            }
        }
    }

    @Override
    public boolean isEmpty() {
        long taken = word(CONSUMER_INDEX); // Read first, so that a concurrent send is seen.
        return word(PRODUCER_INDEX) == taken;
    }

    @Override
    public Iterator<E> iterator() {
        throw new UnsupportedOperationException("a mailbox does not iterate over its queue");
    }
}
