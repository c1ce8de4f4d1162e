package io.sluice.ring;

import io.sluice.ChannelCorruptedException;
import io.sluice.InvalidPipeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;

/**
 * The translation of a failure to open or map a part of a lane's file into the exception that an
 * end throws. A file that does not exist, or is not a lane of the pipe, is corrupt. Any other error
 * (no descriptor or memory left, no permission) says nothing about the file: the lane is kept, and
 * is tried again.
 */
public final class FileFailure {
    private FileFailure() {}

    /**
     * Returns the exception for a failure.
     *
     * @param subject what could not be used
     * @param failure an {@link IOException}, the system's error; or an unchecked exception
     * @return a {@link ChannelCorruptedException}, an {@link UncheckedIOException}, or the
     *     unchecked exception
     */
    public static RuntimeException asException(String subject, Exception failure) {
        if (failure instanceof InvalidPipeException || failure instanceof NoSuchFileException) {
            return new ChannelCorruptedException(failure.getMessage(), failure);
        }
        return failure instanceof IOException refused
                ? new UncheckedIOException(
                        subject
                                + " cannot be used now: "
                                + failure.getMessage()
                                + "; nothing is lost, and it is tried again by the next call",
                        refused)
                : (RuntimeException) failure;
    }
}
