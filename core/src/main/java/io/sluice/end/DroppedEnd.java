package io.sluice.end;

import io.sluice.file.PipeFiles;
import java.lang.System.Logger;
import java.lang.ref.Cleaner;

/**
 * Closes an end that became unreachable without being closed. Otherwise its participant slot would
 * stay occupied as long as this process lives, and the other side would wait for it.
 *
 * @param kind the kind of end, for the warning
 * @param attachment the membership of the end
 * @param end the task that closes the end
 */
public record DroppedEnd(String kind, Attachment attachment, Runnable end) implements Runnable {
    /**
     * Registers an end to be closed when it becomes unreachable.
     *
     * @param user the object that users of the end hold; nothing in the end may refer to it
     * @param kind the kind of end, for the warning
     * @param attachment the membership of the end
     * @param end the task that closes the end
     * @return the registration, to be cleaned when the end is closed
     */
    public static Cleaner.Cleanable watch(
            Object user, String kind, Attachment attachment, Runnable end) {
        return PipeFiles.onDropped(user, new DroppedEnd(kind, attachment, end));
    }

    @Override
    public void run() {
        if (!attachment.isClosed()) {
            end.run();
            System.getLogger("io.sluice")
                    .log(
                            Logger.Level.WARNING,
                            "a "
                                    + kind
                                    + " of "
                                    + attachment.path()
                                    + " was dropped without being closed, and is closed now: until"
                                    + " now it kept its place. Close each end, in a"
                                    + " try-with-resources statement for example");
        }
    }
}
