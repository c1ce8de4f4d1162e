package io.sluice;

import java.util.concurrent.CountDownLatch;
import org.agrona.concurrent.IdleStrategy;

/** An idle strategy that spins and signals that its end waits. */
final class SignalingIdle implements IdleStrategy {
    private final CountDownLatch waiting = new CountDownLatch(1);

    @Override
    public void idle(int workCount) {
        idle();
    }

    @Override
    public void idle() {
        waiting.countDown();
        Thread.yield();
    }

    @Override
    public void reset() {}

    boolean isWaiting() {
        return waiting.getCount() == 0;
    }

    void awaitWaiting() throws InterruptedException {
        waiting.await();
    }
}
