package io.sluice;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What was opened is no pipe, or not one that this version can use. Nothing was changed. The
 * message says what was found and what was expected.
 */
public final class InvalidPipeException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * An exception that says what is wrong with a file.
     *
     * @param path the file or directory
     * @param found what was found there
     * @param expected what was expected
     */
    public InvalidPipeException(Path path, String found, String expected) {
        super(path + ": found " + found + "; expected " + expected);
    }
}
