package io.sluice.bench;

/** The other end of a benchmark, which runs by itself: on a thread or in a process. */
interface Counterpart {
    /** Throws what it threw, or that it has ended. The measured thread only. */
    void check();

    /** Stops it. Messages in flight are lost, or may still be received. */
    void stop() throws InterruptedException;
}
