package io.sluice.aeron;

import java.util.concurrent.CompletableFuture;

/** What runs in a daemon thread of its own. */
final class Background {
    private Background() {}

    /** Work that may fail. */
    interface FailingWork {
        void run() throws Exception;
    }

    /** Runs it; returns its failure, null after a normal end. */
    static CompletableFuture<Exception> run(FailingWork work) {
        CompletableFuture<Exception> end = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                work.run();
                                end.complete(null);
                            } catch (Exception e) {
                                System.out.println("ended: " + e);
                                end.complete(e);
                            }
                        });
        return end;
    }
}
