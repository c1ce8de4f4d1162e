package io.sluice.mailbox;

import io.sluice.wait.Waiter;

/** A waiter limited by a number of pauses: time is too coarse for races of nanoseconds. */
final class PauseLimitedWaiter implements Waiter {
    private final int maxPauses;
    private int left;

    PauseLimitedWaiter(int looks) {
        this.maxPauses = looks;
    }

    @Override
    public void start(long nanos) {
        left = maxPauses;
    }

    @Override
    public boolean pause() {
        return left-- > 0;
    }

    @Override
    public boolean stop() {
        return false;
    }
}
