package io.sluice.heap;

import io.sluice.waiting.Waiter;

/** Waits for some looks: time is too coarse for what takes some nanoseconds. */
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
