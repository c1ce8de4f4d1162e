package io.sluice.wait;

import org.agrona.concurrent.IdleStrategy;

/** A waiter that applies an idle strategy: no waker needs to wake it, and none does. */
final class IdleWaiter implements Waiter {
    private final Deadline deadline = new Deadline();
    private final IdleStrategy idle;

    IdleWaiter(IdleStrategy idle) {
        this.idle = idle;
    }

    @Override
    public void start(long nanos) {
        deadline.start(nanos);
        idle.reset();
    }

    @Override
    public boolean pause() throws InterruptedException {
        if (deadline.remainingNanos() <= 0) {
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
