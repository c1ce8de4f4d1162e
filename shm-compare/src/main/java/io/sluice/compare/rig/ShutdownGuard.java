package io.sluice.compare.rig;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Lets a run end early and still keep what it measured, when the process is about to exit: by
 * SIGINT, SIGTERM or a call of exit. The run is stopped, and the process waits until this is
 * closed, so write the results before that.
 *
 * <pre>{@code
 * try (var _ = ShutdownGuard.guard(rig::stop)) {
 *     ResultsFile.write(file, rig.run(tool, argv, soFar -> {}));
 * }
 * }</pre>
 */
public final class ShutdownGuard implements AutoCloseable {
    private static final long TIMEOUT_SECONDS = 60;

    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final Thread hook;

    private ShutdownGuard(Runnable stop) {
        hook =
                new Thread(
                        () -> {
                            stop.run();
                            closed.completeOnTimeout(null, TIMEOUT_SECONDS, TimeUnit.SECONDS);
                            closed.join();
                        });
    }

    /**
     * Begins to guard a run.
     *
     * @param stop makes the run end early
     * @return the guard, to be closed once the results are written
     */
    public static ShutdownGuard guard(Runnable stop) {
        ShutdownGuard guard = new ShutdownGuard(stop);
        Runtime.getRuntime().addShutdownHook(guard.hook);
        return guard;
    }

    /** Lets the process exit. */
    @Override
    public void close() {
        closed.complete(null);
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is exiting already.
        }
    }
}
