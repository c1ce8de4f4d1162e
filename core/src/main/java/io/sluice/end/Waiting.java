package io.sluice.end;

import io.sluice.waiting.Bell;
import io.sluice.waiting.BellWaiter;
import io.sluice.waiting.Rest;
import io.sluice.waiting.SpinWaiter;
import io.sluice.waiting.Waiter;
import org.agrona.concurrent.IdleStrategy;

/** A factory for the waiters of a pipe's ends. */
@FunctionalInterface
public interface Waiting {
    /** Spins briefly, then blocks. */
    Waiting SLEEPING = (bell, rest, attachment) -> new BellWaiter(bell, rest, attachment::fence);

    /**
     * Returns a factory for waiters that spin for a given number of polls, then block.
     *
     * @param spins the number of polls before a waiter blocks, 0 or more
     * @return the factory
     */
    static Waiting sleeping(int spins) {
        return (bell, rest, attachment) -> new BellWaiter(bell, rest, attachment::fence, spins);
    }

    /**
     * Returns a factory for waiters that never block.
     *
     * @param idle the strategy between two polls
     * @return the factory
     */
    static Waiting spinning(IdleStrategy idle) {
        return (bell, rest, attachment) -> new SpinWaiter(idle);
    }

    /**
     * Creates the waiter of one end.
     *
     * @param bell the futex event that the end waits on
     * @param rest the hook to run before the end blocks, and after
     * @param attachment the membership of the end
     * @return the waiter
     */
    Waiter waiter(Bell bell, Rest rest, Attachment attachment);
}
