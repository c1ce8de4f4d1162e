package io.sluice.lane;

import io.sluice.ChannelCorruptedException;
import io.sluice.InvalidPipeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;

/**
 * What an end throws if it cannot open or map a part of a lane's file. A file that is gone, or is
 * no lane of the pipe, is corrupt. Whatever else the system refuses (no descriptor or memory left,
 * no permission) says nothing about the file: the lane stays as it is, and is tried again.
 */
public final class FileFailure {
    private FileFailure() {}

    /**
     * The exception for a failure.
     *
     * @param subject what could not be used
     * @param failure what the system said
     * @return a {@link ChannelCorruptedException}, or an {@link UncheckedIOException}
     */
    public static RuntimeException asException(String subject, IOException failure) {
        return failure instanceof InvalidPipeException || failure instanceof NoSuchFileException
                ? new ChannelCorruptedException(failure.getMessage(), failure)
                : new UncheckedIOException(
                        subject
                                + " cannot be used now: "
                                + failure.getMessage()
                                + "; nothing is lost, and it is tried again by the next call",
                        failure);
    }
}
