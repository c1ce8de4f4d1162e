package io.sluice.pipe;

import java.lang.System.Logger;

/**
 * Closes an end that became unreachable without being closed. Otherwise its participant slot would
 * stay occupied as long as this process lives, and the other side would wait for it.
 *
 * @param kind the kind of end, for the warning
 * @param membership the membership of the end
 * @param closeTask the task that closes the end
 */
record LeakedEnd(String kind, Membership membership, Runnable closeTask) implements Runnable {
    @Override
    public void run() {
        if (!membership.isClosed()) {
            closeTask.run();
            System.getLogger("io.sluice")
                    .log(
                            Logger.Level.WARNING,
                            String.format(
                                    "a %s of %s was dropped without being closed, and is closed"
                                            + " now: until now it kept its place. Close each end,"
                                            + " in a try-with-resources statement for example",
                                    kind, membership.path()));
        }
    }
}
