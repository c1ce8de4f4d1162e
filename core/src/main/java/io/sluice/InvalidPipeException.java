package io.sluice;

import java.nio.file.Path;

/**
 * Thrown if a path is not a pipe, or is a pipe that this version cannot use. Nothing was changed.
 * The message contains what was found and what was expected.
 */
public final class InvalidPipeException extends ChannelException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param path the file or directory
     * @param found what was found
     * @param expected what was expected
     */
    public InvalidPipeException(Path path, String found, String expected) {
        super(path + ": found " + found + "; expected " + expected);
    }
}
