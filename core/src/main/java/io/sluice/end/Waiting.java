package io.sluice.end;

import io.sluice.waiting.Bell;
import io.sluice.waiting.BellWaiter;
import io.sluice.waiting.Rest;
import io.sluice.waiting.SpinWaiter;
import io.sluice.waiting.Waiter;
import org.agrona.concurrent.IdleStrategy;

/** How an end of a pipe is to wait. */
@FunctionalInterface
public interface Waiting {
    /** Spin a little, then sleep. */
    Waiting SLEEPING = (bell, rest, attachment) -> new BellWaiter(bell, rest, attachment::fence);

    /**
     * Spin for so long, then sleep.
     *
     * @param spins how often to look before it sleeps, 0 or more
     * @return how such an end waits
     */
    static Waiting sleeping(int spins) {
        return (bell, rest, attachment) -> new BellWaiter(bell, rest, attachment::fence, spins);
    }

    /**
     * Never sleep.
     *
     * @param idle what to do between two looks
     * @return how an end with that strategy waits
     */
    static Waiting spinning(IdleStrategy idle) {
        return (bell, rest, attachment) -> new SpinWaiter(idle);
    }

    /**
     * A waiter for one end.
     *
     * @param bell what the end may sleep on
     * @param rest what it has to do before it sleeps, and after
     * @param attachment the end's place
     * @return the waiter
     */
    Waiter waiter(Bell bell, Rest rest, Attachment attachment);
}
