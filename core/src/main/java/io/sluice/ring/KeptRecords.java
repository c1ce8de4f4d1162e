package io.sluice.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.LongConsumer;

/**
 * The records of a ring with one receiver that were handed out, and whose space is not released:
 * they are acknowledged in any order, and released in their own, up to the first one that is not
 * acknowledged.
 *
 * <p>A linked queue in which the receiver uses the nodes before its head again (Vyukov's unbounded
 * queue with one producer and one consumer). The consumer is whichever thread acknowledges first:
 * it releases on behalf of those that come meanwhile, which it learns from a count of requests (the
 * drain loop of RxJava). So no thread waits for another, and one at a time moves the head.
 *
 * <p>Invariants: the nodes behind the head are in the order of their records; the space of a record
 * is released once it and all before it are acknowledged, and before the head moves past its node;
 * when no thread is in {@link KeptRecord#acknowledge}, no node behind the head is acknowledged with
 * all before it.
 *
 * <p>Adding and {@link #isEmpty}: the receiver's thread. Acknowledging: any thread, lock-free.
 * Allocates only if more records are kept than ever before.
 */
final class KeptRecords {
    private static final VarHandle NEXT;
    private static final VarHandle ACKNOWLEDGED;
    private static final VarHandle HEAD;
    private static final VarHandle REQUESTS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            NEXT = lookup.findVarHandle(KeptRecord.class, "next", KeptRecord.class);
            ACKNOWLEDGED = lookup.findVarHandle(KeptRecord.class, "acknowledged", boolean.class);
            HEAD = lookup.findVarHandle(KeptRecords.class, "head", KeptRecord.class);
            REQUESTS = lookup.findVarHandle(KeptRecords.class, "requests", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** A record. */
    final class KeptRecord implements Acknowledgeable {
        private long end;
        private boolean acknowledged;
        private KeptRecord next;

        /** Acknowledges the record; releases what can be released. */
        @Override
        public void acknowledge(long handle) {
            // edge READ, to KeptRecords.isAcknowledged
            ACKNOWLEDGED.setRelease(this, true);
            // No edge of its own: orders the flag before the count, and both against other threads.
            if ((int) REQUESTS.getAndAdd(KeptRecords.this, 1) != 0) {
                return; // The thread that is there looks again.
            }
            int served = 1;
            do {
                releaseAcknowledged();
                served = (int) REQUESTS.getAndAdd(KeptRecords.this, -served) - served;
            } while (served != 0);
        }
    }

    private final LongConsumer release;

    /** The last record that was released; those behind it are kept. */
    private KeptRecord head = new KeptRecord();

    private int requests; // By REQUESTS only.

    // The receiver's thread only.
    private KeptRecord last = head;
    private KeptRecord first =
            head; // The first node that can be used again, if it is before reusable.
    private KeptRecord reusable = head;

    /**
     * Creates an empty queue.
     *
     * @param release releases all records up to a position; called by the threads that acknowledge
     */
    KeptRecords(LongConsumer release) {
        this.release = release;
    }

    /**
     * Adds a record, behind all others.
     *
     * @param end the position of its end
     * @return what acknowledges it, once
     */
    Acknowledgeable add(long end) {
        KeptRecord node = unusedNode();
        node.end = end;
        // No edge: the next store shows it.
        ACKNOWLEDGED.setOpaque(node, false);
        NEXT.setOpaque(node, null);
        // edge KEPT, to KeptRecords.releaseAcknowledged
        NEXT.setRelease(last, node);
        last = node;
        return node;
    }

    private KeptRecord unusedNode() {
        if (first == reusable) {
            // edge RELEASED, from KeptRecords.releaseAcknowledged
            reusable = (KeptRecord) HEAD.getAcquire(this);
            if (first == reusable) {
                return new KeptRecord();
            }
        }
        KeptRecord node = first;
        first = node.next;
        return node;
    }

    /** Releases what is acknowledged with all before it. One thread at a time. */
    private void releaseAcknowledged() {
        KeptRecord released = head;
        // edge KEPT, from KeptRecords.add
        for (KeptRecord node = (KeptRecord) NEXT.getAcquire(released);
                node != null && isAcknowledged(node);
                node = (KeptRecord) NEXT.getAcquire(node)) {
            released = node;
        }
        if (released != head) {
            release.accept(released.end);
            // edge RELEASED, to KeptRecords.isEmpty, KeptRecords.unusedNode
            HEAD.setVolatile(this, released);
        }
    }

    private static boolean isAcknowledged(KeptRecord node) {
        // edge READ, from KeptRecord.acknowledge
        return (boolean) ACKNOWLEDGED.getAcquire(node);
    }

    /** Tests whether all records are released. */
    boolean isEmpty() {
        // edge RELEASED, from KeptRecords.releaseAcknowledged
        return (KeptRecord) HEAD.getVolatile(this) == last;
    }
}
