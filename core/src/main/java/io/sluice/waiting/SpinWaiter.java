package io.sluice.waiting;

import org.agrona.concurrent.IdleStrategy;

/** Waits by an idle strategy: nobody needs to wake it, and nobody does. */
public final class SpinWaiter implements Waiter {
    private final Limit limit = new Limit();
    private final IdleStrategy idle;

    /**
     * A waiter for one end.
     *
     * @param idle what a pause does
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
