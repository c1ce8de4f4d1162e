package io.sluice.bench;

import java.util.concurrent.TimeUnit;

/** A thread on the other CPU that replies to each message with one of the same number. */
final class Echo implements Counterpart {
    private static final long DEADLINE_SECONDS = 30;

    private final ByteSubject there;
    private final ByteSubject back;
    private final Thread thread;
    private volatile boolean stopped;
    private volatile Throwable failure;

    Echo(ByteSubject there, ByteSubject back) {
        this.there = there;
        this.back = back;
        thread = Thread.ofPlatform().daemon().name("echo").unstarted(this::run);
        thread.start();
    }

    private void run() {
        try {
            Cpus.pinOther(0);
            long sequence = 0;
            while (!stopped) {
                if (there.poll(1) == 1) {
                    while (!back.trySend(sequence)) {
                        if (stopped) {
                            return;
                        }
                        Thread.onSpinWait();
                    }
                    sequence++;
                }
            }
        } catch (Throwable t) {
            failure = t;
            back.closeSender();
        }
    }

    @Override
    public void check() {
        if (failure != null) {
            throw new IllegalStateException("the echo failed", failure);
        }
    }

    /** {@inheritDoc} Only the thread that sends to it may call. */
    @Override
    public void stop() throws InterruptedException {
        stopped = true;
        there.closeSender();
        thread.join(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
        check();
        if (thread.isAlive()) {
            throw new IllegalStateException("the echo does not stop");
        }
    }
}
