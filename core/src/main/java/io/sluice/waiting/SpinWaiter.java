package io.sluice.waiting;

import org.agrona.concurrent.IdleStrategy;

/** A waiter that applies an idle strategy: no waker needs to wake it, and none does. */
public final class SpinWaiter implements Waiter {
    private final Limit limit = new Limit();
    private final IdleStrategy idle;

    /**
     * Creates a waiter for one end.
     *
     * @param idle the strategy of each pause
     */
    public SpinWaiter(IdleStrategy idle) {
        this.idle = idle;
    }

    @Override
    public void start(long nanos) {
        limit.start(nanos);
        idle.reset();
    }

    @Override
    public boolean pause() throws InterruptedException {
        if (limit.left() <= 0) {
            return false;
        }
        idle.idle();
        return true;
    }

    @Override
    public boolean stop() {
        return false;
    }
}
