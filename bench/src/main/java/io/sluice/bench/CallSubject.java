package io.sluice.bench;

/**
 * A way to send a request and wait for its reply, from one thread to another: the reply has the
 * request's bytes, and is found by what the two sides agree on. Both sides read every word.
 */
interface CallSubject extends AutoCloseable {
    /** The length of a request and of its reply, in bytes. */
    int SIZE = 32;

    /**
     * Sends a request that begins with a number, and waits for its reply.
     *
     * @param server what replies; it is checked when a reply is late
     * @return the number that the reply begins with, plus the sum of its other words, which are 0
     */
    long call(long number, Counterpart server);

    /**
     * Replies to the requests that have come. The other thread only.
     *
     * @return their number
     */
    int serve();

    /** Frees its resources; no thread may use it any more. */
    @Override
    void close();
}
