package io.sluice.wait;

/**
 * The fence that a waiter executes after it has enqueued itself; a later one includes an earlier.
 */
enum WaiterFence {
    /** Of its own thread: all its wakers fence. */
    OWN_THREAD,
    /** Of all threads of this process. */
    OWN_PROCESS,
    /** Of all threads of all processes that have pipes open, this one among them. */
    ALL_PROCESSES,
    /** Not all wakers can be fenced, so that a wake-up can be missed. */
    IMPOSSIBLE;

    WaiterFence and(WaiterFence other) {
        return ordinal() >= other.ordinal() ? this : other;
    }
}
