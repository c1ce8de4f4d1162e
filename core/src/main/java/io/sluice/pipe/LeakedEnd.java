package io.sluice.pipe;

import java.lang.System.Logger;
import java.util.function.BooleanSupplier;

/**
 * Closes an end, or a node, that became unreachable without being closed. Otherwise its participant
 * slot, or its name, would stay occupied as long as this process lives, and the other side would
 * wait for it.
 *
 * @param kind what it is one of, for the warning
 * @param name which one it is
 * @param kept what it kept occupied
 * @param closed whether it is closed
 * @param closeTask the task that closes it
 */
record LeakedEnd(String kind, String name, String kept, BooleanSupplier closed, Runnable closeTask)
        implements Runnable {
    @Override
    public void run() {
        if (!closed.getAsBoolean()) {
            closeTask.run();
            System.getLogger("io.sluice")
                    .log(
                            Logger.Level.WARNING,
                            String.format(
                                    "%s was dropped without being closed, and is closed now: until"
                                            + " now it kept its %s. Close each %s, in a"
                                            + " try-with-resources statement for example",
                                    name, kept, kind));
        }
    }
}
