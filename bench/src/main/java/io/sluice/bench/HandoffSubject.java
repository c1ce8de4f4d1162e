package io.sluice.bench;

/** A way to hand an object from one thread to another, each of which waits for the other. */
interface HandoffSubject {
    /** Hands the object over; returns once the other thread has received it. */
    void put(Message message) throws InterruptedException;

    /** Waits for the object that the other thread hands over, and returns it. */
    Message take() throws InterruptedException;
}
