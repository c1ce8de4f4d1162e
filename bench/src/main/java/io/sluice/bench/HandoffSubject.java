package io.sluice.bench;

/** One way to hand an object from one thread to another, both of which wait for the other. */
interface HandoffSubject {
    /** Returns when the other thread has it. */
    void give(Message message) throws InterruptedException;

    /** Returns what the other thread gives. */
    Message take() throws InterruptedException;
}
