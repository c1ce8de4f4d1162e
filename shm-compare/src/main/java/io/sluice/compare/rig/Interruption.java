package io.sluice.compare.rig;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a run end early and still keep what it measured, when the process is told to end: by SIGINT,
 * SIGTERM or a call of exit. The run is stopped, and the process waits until this is closed, so
 * write the results before that.
 *
 * <pre>{@code
 * try (Interruption guard = Interruption.guard(rig)) {
 *     ResultsFile.write(file, rig.run(tool, argv));
 * }
 * }</pre>
 */
public final class Interruption implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook;

    private Interruption(Rig rig) {
        hook =
                new Thread(
                        () -> {
                            rig.stop();
                            try {
                                closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
    }

    /** Begins to guard a run. */
    public static Interruption guard(Rig rig) {
        Interruption guard = new Interruption(rig);
        Runtime.getRuntime().addShutdownHook(guard.hook);
        return guard;
    }

    /** Lets the process end. */
    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It is ending already.
        }
    }
}
