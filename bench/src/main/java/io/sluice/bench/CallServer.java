package io.sluice.bench;

import java.util.concurrent.TimeUnit;

/** A thread on the other CPU that replies to each request. */
final class CallServer implements Counterpart {
    private static final long DEADLINE_SECONDS = 30;

    private final CallSubject subject;
    private final Thread thread;
    private volatile boolean stopped;
    private volatile Throwable failure;

    CallServer(CallSubject subject) {
        this.subject = subject;
        thread = Thread.ofPlatform().daemon().name("call-server").unstarted(this::run);
        thread.start();
    }

    private void run() {
        try {
            Cpus.pinOther(0);
            while (!stopped) {
                subject.serve();
            }
        } catch (Throwable t) {
            failure = t;
        }
    }

    @Override
    public void check() {
        if (failure != null) {
            throw new IllegalStateException("the server failed", failure);
        }
    }

    @Override
    public void stop() throws InterruptedException {
        stopped = true;
        thread.join(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
        check();
        if (thread.isAlive()) {
            throw new IllegalStateException("the server does not stop");
        }
    }
}
