package io.sluice.end;

import io.sluice.file.PipeFiles;
import java.lang.System.Logger;
import java.lang.ref.Cleaner;

/**
 * Closes an end that was dropped: nothing can reach it any more, and it was not closed. Otherwise
 * its place would stay taken as long as this process lives, and the other side would wait for it.
 *
 * @param kind what it is, for the warning
 * @param attachment its place
 * @param end closes it
 */
public record DroppedEnd(String kind, Attachment attachment, Runnable end) implements Runnable {
    /**
     * Watches over an end.
     *
     * @param user the object that users of the end have; nothing of the end leads to it
     * @param kind what it is, for the warning
     * @param attachment its place
     * @param end closes it
     * @return to be called when it was closed
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
