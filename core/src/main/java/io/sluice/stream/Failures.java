package io.sluice.stream;

import io.sluice.BrokenChannelException;
import java.io.IOException;
import java.io.InterruptedIOException;

/** What a pipe's end throws, as who uses streams expects it. */
final class Failures {
    private Failures() {}

    /**
     * A pipe that is broken, corrupted or refused, or an end that was closed beneath the stream.
     */
    static IOException of(RuntimeException cause) {
        String message =
                cause instanceof BrokenChannelException ? "Broken pipe" : cause.getMessage();
        return new IOException(message, cause);
    }

    /** An interrupt, which the thread can see still. */
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
