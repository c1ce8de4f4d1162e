package io.sluice.pipe;

import io.sluice.wait.FutexEvent;
import io.sluice.wait.FutexWaiter;
import io.sluice.wait.Waiter;
import org.agrona.concurrent.IdleStrategy;

/** A factory for the waiters of a pipe's ends. */
@FunctionalInterface
public interface WaiterFactory {
    /** Spins briefly, then blocks. */
    WaiterFactory BLOCKING =
            (futexEvent, waitHook, membership) ->
                    new FutexWaiter(futexEvent, waitHook, membership::fence);

    /**
     * Returns a factory for waiters that spin for a given number of polls, then block.
     *
     * @param spins the number of polls before a waiter blocks, 0 or more
     * @return the factory
     */
    static WaiterFactory blocking(int spins) {
        return (futexEvent, waitHook, membership) ->
                new FutexWaiter(futexEvent, waitHook, membership::fence, spins);
    }

    /**
     * Returns a factory for waiters that never block.
     *
     * @param idle the strategy between two polls
     * @return the factory
     */
    static WaiterFactory spinning(IdleStrategy idle) {
        return (futexEvent, waitHook, membership) -> Waiter.idle(idle);
    }

    /**
     * Creates the waiter of one end.
     *
     * @param futexEvent the futex event that the end waits on
     * @param waitHook the hook to run before the end blocks, and after
     * @param membership the membership of the end
     * @return the waiter
     */
    Waiter newWaiter(FutexEvent futexEvent, FutexWaiter.Hook waitHook, Membership membership);
}
