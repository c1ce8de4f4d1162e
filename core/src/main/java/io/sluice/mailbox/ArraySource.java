package io.sluice.mailbox;

import org.jctools.queues.MessagePassingQueue;

/**
 * Passes the messages of an array to a queue that has claimed places for them. A queue cannot undo
 * a claim, and its receivers wait until the places are filled: so nothing here throws or returns
 * null, which the caller has checked, and none of the user's code runs.
 *
 * <p>It writes a word for each message. The word and the array's reference are in the middle of
 * arrays, so that no other object is on their cache lines.
 */
final class ArraySource<E> implements MessagePassingQueue.Supplier<E> {
    private static final int MIDDLE = 32;

    private final int[] next = new int[2 * MIDDLE];
    private final Object[][] messages = new Object[2 * MIDDLE][];

    /** Returns this, with the messages of an array from an index on. */
    ArraySource<E> of(E[] array, int offset) {
        messages[MIDDLE] = array;
        next[MIDDLE] = offset;
        return this;
    }

    @Override
    @SuppressWarnings("unchecked") // The array has elements of E.
    public E get() {
        return (E) messages[MIDDLE][next[MIDDLE]++];
    }

    /** Forgets the array. */
    void clear() {
        messages[MIDDLE] = null;
    }
}
