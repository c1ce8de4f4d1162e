package io.sluice.aeron;

import io.sluice.ChannelCorruptedException;
import java.nio.file.Path;

/** Thrown if the log of a bridge can no longer be used: it was cut off, or there is no memory. */
final class LostLogException extends RuntimeException {
    private static final long serialVersionUID = 1;

    LostLogException(Path file, ChannelCorruptedException cause) {
        super(
                file
                        + ": the log of the bridge was cut off, or its file system is full: make"
                        + " room, and start the bridge again; it may deliver messages twice",
                cause);
    }
}
