package io.sluice.heap;

import io.sluice.waiting.Waiter;

/** A waiter limited by a number of pauses: time is too coarse for races of nanoseconds. */
final class Patience implements Waiter {
    private final int looks;
    private int left;

    Patience(int looks) {
        this.looks = looks;
    }

    @Override
    public void start(long nanos) {
        left = looks;
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
