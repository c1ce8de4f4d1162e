package io.sluice.io;

import io.sluice.BrokenChannelException;
import java.io.IOException;
import java.io.InterruptedIOException;

/** Translation of the exceptions of a pipe's end to those of {@code java.io}. */
final class IoExceptions {
    private IoExceptions() {}

    /**
     * Returns the exception for a pipe that is broken, corrupted or refused by the system, or for
     * an end that was closed beneath the stream.
     */
    static IOException of(RuntimeException cause) {
        String message =
                cause instanceof BrokenChannelException ? "Broken pipe" : cause.getMessage();
        return new IOException(message, cause);
    }

    /** Returns the exception for an interrupt, and sets the interrupt status of the thread. */
    static InterruptedIOException of(InterruptedException cause, int transferred) {
        Thread.currentThread().interrupt();
        InterruptedIOException failure =
                new InterruptedIOException("interrupted after " + transferred + " bytes");
        failure.initCause(cause);
        failure.bytesTransferred = transferred;
        return failure;
    }

    static IOException closed() {
        return new IOException("Stream closed");
    }
}
