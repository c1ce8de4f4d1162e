package io.sluice.bench;

import java.util.concurrent.TimeUnit;

/** A thread on another CPU that sends numbered messages as fast as they are received. */
final class SenderThread implements Counterpart {
    private static final long DEADLINE_SECONDS = 30;

    private final SubjectSender end;
    private final int number;
    private final boolean sharesCpu;
    private final Thread thread;
    private volatile boolean stopped;
    private volatile Throwable failure;

    /** Starts sending. */
    SenderThread(SubjectSender end) {
        this(end, 0);
    }

    /** Starts sending, as one of several: the number selects its CPU. */
    SenderThread(SubjectSender end, int number) {
        this(end, number, false);
    }

    /** Starts sending; if it shares its CPU with other senders, it yields when it cannot send. */
    SenderThread(SubjectSender end, int number, boolean sharesCpu) {
        this.end = end;
        this.number = number;
        this.sharesCpu = sharesCpu;
        thread = Thread.ofPlatform().daemon().name("sender-" + number).unstarted(this::run);
        thread.start();
    }

    private void run() {
        try {
            Cpus.pinOther(number);
            long sequence = 0;
            while (!stopped) {
                // In batches: reading the flag for each message would cost as much as sending it.
                for (int i = 0; i < 1000; i++) {
                    int sent = end.trySendSome(sequence);
                    if (sent > 0) {
                        sequence += sent;
                    } else if (stopped) {
                        return;
                    } else {
                        Cpus.pause(sharesCpu);
                    }
                }
            }
        } catch (Throwable t) {
            failure = t;
        } finally {
            end.closeSender();
        }
    }

    /** Requests it to stop, and returns. Does not unblock a sender that waits for room. */
    void requestStop() {
        stopped = true;
    }

    /** {@inheritDoc} The receiving thread only. */
    @Override
    public void stop() throws InterruptedException {
        requestStop();
        end.closeReceiver();
        thread.join(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
        check();
        if (thread.isAlive()) {
            throw new IllegalStateException("the sender does not stop");
        }
    }

    @Override
    public void check() {
        if (failure != null) {
            throw new IllegalStateException("the sender failed", failure);
        }
    }
}
