package io.sluice.heap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/**
 * Many senders, many receivers: the bounded queue of D. Vyukov, as JCTools has it, with a limit
 * that need not be a power of two. JCTools' own cannot be given one: who adds must find room and
 * take the place in one step.
 *
 * <p>Each slot has a sequence that says whose turn it is: <em>i</em> for who adds message
 * <em>i</em>, <em>i</em> + 1 for who takes it, and then <em>i</em> + the ring's length for who adds
 * there next. A compare-and-set of the index decides who it is. Messages between the two indices
 * are never more than the limit: the receivers' index, once read, only grows.
 *
 * <p>Lock-free but for one wait, as JCTools': who finds a slot whose message is just being written,
 * or taken, by another, waits for that one; {@link #relaxedPoll} does not.
 */
final class ExactMpmcQueue<E> implements PlainQueue<E> {
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(Object[].class);

    /** With one slot two turns would be the same number. */
    private static final int SHORTEST = 2;

    // Each index on lines of its own, those that are fetched beside it included.
    private static final int SENT = 16;
    private static final int ALLOWED = SENT + 16;
    private static final int TAKEN = ALLOWED + 16;

    private final long[] words = new long[TAKEN + 16];
    private final long[] turns;
    private final Object[] messages;
    private final int limit;
    private final int mask;

    ExactMpmcQueue(int limit) {
        int length = Math.max(SHORTEST, Integer.highestOneBit(2 * limit - 1));
        this.limit = limit;
        this.mask = length - 1;
        this.messages = new Object[length];
        this.turns = new long[length];
        for (int i = 0; i < length; i++) {
            turns[i] = i;
        }
        words[ALLOWED] = limit;
        VarHandle.releaseFence(); // Whoever is given this queue sees a fresh one.
    }

    private long word(int which) {
        return (long) WORD.getVolatile(words, which);
    }

    @Override
    public boolean offer(E message) {
        Objects.requireNonNull(message, "message");
        while (true) {
            long index = word(SENT);
            if (index >= word(ALLOWED) && !hasRoom(index)) {
                return false;
            }
            int slot = (int) index & mask;
            // edge SLOT_FREE, from ExactMpmcQueue.take
            long turn = (long) WORD.getAcquire(turns, slot);
            if (turn == index) {
                if (WORD.compareAndSet(words, SENT, index, index + 1)) {
                    ELEMENT.setOpaque(messages, slot, message);
                    // edge SLOT, to ExactMpmcQueue.poll, ExactMpmcQueue.relaxedPoll,
                    // ExactMpmcQueue.peek
                    WORD.setRelease(turns, slot, index + 1);
                    return true;
                }
            } else if (turn < index) {
                Thread.onSpinWait(); // It is being taken.
            }
        }
    }

    /** Looks how far the receivers are. If it is full, it is so at the look. */
    private boolean hasRoom(long index) {
        long allowed = word(TAKEN) + limit;
        if (index >= allowed) {
            return false;
        }
        WORD.setRelease(words, ALLOWED, allowed); // No edge: an older one is a look too many.
        return true;
    }

    @Override
    public E poll() {
        while (true) {
            long index = word(TAKEN);
            // edge SLOT, from ExactMpmcQueue.offer
            long turn = (long) WORD.getAcquire(turns, (int) index & mask);
            if (turn == index + 1) {
                E message = take(index);
                if (message != null) {
                    return message;
                }
            } else if (turn <= index) {
                if (word(SENT) == index) {
                    return null;
                }
                Thread.onSpinWait(); // It is being written.
            }
        }
    }

    @Override
    public E relaxedPoll() {
        while (true) {
            long index = word(TAKEN);
            // edge SLOT, from ExactMpmcQueue.offer
            long turn = (long) WORD.getAcquire(turns, (int) index & mask);
            if (turn <= index) {
                return null;
            }
            E message = turn == index + 1 ? take(index) : null;
            if (message != null) {
                return message;
            }
        }
    }

    /** Null: another was faster. */
    @SuppressWarnings("unchecked") // Only offer writes there.
    private E take(long index) {
        if (!WORD.compareAndSet(words, TAKEN, index, index + 1)) {
            return null;
        }
        int slot = (int) index & mask;
        E message = (E) ELEMENT.getOpaque(messages, slot);
        ELEMENT.setOpaque(messages, slot, null);
        // edge SLOT_FREE, to ExactMpmcQueue.offer
        WORD.setRelease(turns, slot, index + mask + 1);
        return message;
    }

    @Override
    @SuppressWarnings("unchecked") // Only offer writes there.
    public E peek() {
        while (true) {
            long index = word(TAKEN);
            int slot = (int) index & mask;
            // edge SLOT, from ExactMpmcQueue.offer
            long turn = (long) WORD.getAcquire(turns, slot);
            if (turn == index + 1) {
                E message = (E) ELEMENT.getAcquire(messages, slot);
                if (word(TAKEN) == index) { // So it was not taken before it was read.
                    return message;
                }
            } else if (turn <= index && word(SENT) == index) {
                return null;
            }
        }
    }

    @Override
    public int size() {
        while (true) {
            long taken = word(TAKEN);
            long sent = word(SENT);
            if (word(TAKEN) == taken) {
                return (int) (sent - taken);
            }
        }
    }

    @Override
    public boolean isEmpty() {
        long taken = word(TAKEN); // First: what is sent meanwhile is seen.
        return word(SENT) == taken;
    }

    @Override
    public void clear() {
        while (poll() != null) {}
    }

    @Override
    public int capacity() {
        return limit;
    }
}
