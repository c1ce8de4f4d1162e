package io.sluice.heap;

import io.sluice.waiting.Sleepers;

/**
 * A receiver's reservation in a rendezvous, as in a dual queue (Scherer and Scott). The cell is
 * empty, requests a message, or holds the message that a sender stored there. A sender that finds a
 * request hands its message over with one compare-and-set: the receiver is committed to it, so the
 * sender does not wait. The receiver may withdraw the request as long as no message is stored; if
 * withdrawing fails, the receiver must return the message.
 *
 * <p>Wait-free. Only the receiver calls {@link #make}, {@link #isServed}, {@link #withdraw} and
 * {@link #collect}.
 */
final class Demand {
    private static final Object WANTED = new Object();

    private final Line line;
    private final Sleepers receiver = new Sleepers();

    /**
     * Creates an empty cell. One receiver at a time uses it.
     *
     * @param line the cache line of this cell, which no other {@code Demand} uses
     */
    Demand(Line line) {
        this.line = line;
    }

    /** Returns the queue in which only this cell's receiver waits. */
    Sleepers sleepers() {
        return receiver;
    }

    /**
     * Requests a message. The receiver then checks the offers, so that of a sender and a receiver
     * at least one sees the other.
     */
    void make() {
        line.setVolatile(Line.DEMAND, WANTED); // edge WANTED, to Demand.serve, Demand.isMade
    }

    /** Tests whether the request is over: a message is stored, or nothing is requested. */
    boolean isServed() {
        return line.getAcquire(Line.DEMAND) != WANTED; // edge SERVED, from Demand.serve
    }

    /** Withdraws the request; returns {@code false} if a message is stored already. */
    boolean withdraw() {
        return line.compareAndSet(Line.DEMAND, WANTED, null); // edge SERVED, from Demand.serve
    }

    /** Removes the stored message and returns it. */
    Object collect() {
        Object message = line.getAcquire(Line.DEMAND); // edge SERVED, from Demand.serve
        line.set(Line.DEMAND, null); // no edge: senders write only over WANTED
        return message;
    }

    /** Sender: stores a message if the receiver requests one, and wakes the receiver. */
    boolean serve(Object message) {
        // edge WANTED, from Demand.make
        // edge SERVED, to Demand.isServed, Demand.withdraw, Demand.collect
        if (line.getAcquire(Line.DEMAND) != WANTED
                || !line.compareAndSet(Line.DEMAND, WANTED, message)) {
            return false;
        }
        receiver.wakeOne();
        return true;
    }

    /** Sender: tests whether the receiver requests a message. Called after making an offer. */
    boolean isMade() {
        return line.getVolatile(Line.DEMAND) == WANTED; // edge WANTED, from Demand.make
    }

    /** Wakes the receiver because the stream has ended, or because the receiver was closed. */
    void wake() {
        receiver.wakeAll();
    }

    /** Returns how many threads wait on this cell, 0 or 1. */
    int asleep() {
        return receiver.count();
    }
}
