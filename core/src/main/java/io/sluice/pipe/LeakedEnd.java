package io.sluice.pipe;

import io.sluice.pipe.storage.PipeFiles;
import java.lang.System.Logger;
import java.lang.ref.Cleaner;

/**
 * Closes an end that became unreachable without being closed. Otherwise its participant slot would
 * stay occupied as long as this process lives, and the other side would wait for it.
 *
 * @param kind the kind of end, for the warning
 * @param membership the membership of the end
 * @param closeTask the task that closes the end
 */
public record LeakedEnd(String kind, Membership membership, Runnable closeTask)
        implements Runnable {
    /**
     * Registers an end to be closed when it becomes unreachable.
     *
     * @param user the object that users of the end hold; nothing in the end may refer to it
     * @param kind the kind of end, for the warning
     * @param membership the membership of the end
     * @param end the task that closes the end
     * @return the registration, to be cleaned when the end is closed
     */
    public static Cleaner.Cleanable register(
            Object user, String kind, Membership membership, Runnable end) {
        return PipeFiles.onUnreachable(user, new LeakedEnd(kind, membership, end));
    }

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
