package io.sluice.heap;

import io.sluice.waiting.Sleepers;

/**
 * A receiver's cell in a rendezvous: that it waits, or the message that a sender gave it, or
 * nothing. It makes a sender that finds somebody waiting as fast as a store: the receiver has
 * promised to take what it is given, so the sender need not wait until it does. The receiver may
 * withdraw while it was given nothing; if that fails it has a message, whatever else it wanted.
 *
 * <p>Wait-free. {@link #make}, {@link #isServed}, {@link #withdraw} and {@link #collect} belong to
 * the receiver.
 */
final class Demand {
    private static final Object WANTED = new Object();

    private final Line line;
    private final Sleepers receiver = new Sleepers();

    /**
     * Nothing, for one receiver after the other.
     *
     * @param line where nobody else makes demands
     */
    Demand(Line line) {
        this.line = line;
    }

    /** Where its receiver sleeps, alone. */
    Sleepers sleepers() {
        return receiver;
    }

    /** Asks for a message. Then the receiver looks at the offers: one of the two sees the other. */
    void make() {
        line.setVolatile(Line.DEMAND, WANTED); // edge WANTED, to Demand.serve, Demand.isMade
    }

    /** Whether a message has come. */
    boolean isServed() {
        return line.getAcquire(Line.DEMAND) != WANTED; // edge SERVED, from Demand.serve
    }

    /** Wants no message any more. False: one has come. */
    boolean withdraw() {
        return line.compareAndSet(Line.DEMAND, WANTED, null); // edge SERVED, from Demand.serve
    }

    /** The message that has come. */
    Object collect() {
        Object message = line.getAcquire(Line.DEMAND); // edge SERVED, from Demand.serve
        line.set(Line.DEMAND, null); // no edge: nobody else writes what is not WANTED
        return message;
    }

    /** Sender: gives the receiver a message, if it waits for one. */
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

    /** Sender: whether the receiver waits for a message. After an offer was made. */
    boolean isMade() {
        return line.getVolatile(Line.DEMAND) == WANTED; // edge WANTED, from Demand.make
    }

    /** Wakes the receiver: the stream has ended. */
    void wake() {
        receiver.wakeAll();
    }

    /** How many sleep on it, 0 or 1. */
    int asleep() {
        return receiver.count();
    }
}
