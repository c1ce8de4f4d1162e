package io.sluice.heap;

import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Unbounded, many to many: the JDK's queue of Michael and Scott. JCTools has none for many
 * receivers in its VarHandle module; see ADR 8. Lock-free; allocates a node for each message.
 */
final class LinkedQueue<E> extends ConcurrentLinkedQueue<E> implements PlainQueue<E> {
    private static final long serialVersionUID = 1;

    @Override
    public int capacity() {
        return UNBOUNDED_CAPACITY;
    }
}
