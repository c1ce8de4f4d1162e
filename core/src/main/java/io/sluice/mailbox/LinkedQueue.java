package io.sluice.mailbox;

import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Unbounded MPMC queue: the JDK's Michael-Scott queue. The VarHandle module of JCTools has no
 * unbounded queue for many receivers; see ADR 8. Lock-free; allocates a node for each message.
 */
final class LinkedQueue<E> extends ConcurrentLinkedQueue<E> implements PlainQueue<E> {
    private static final long serialVersionUID = 1;

    @Override
    public int capacity() {
        return UNBOUNDED_CAPACITY;
    }
}
