package io.sluice.memory;

import io.sluice.ChannelCorruptedException;
import io.sluice.InvalidPipeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;

/**
 * The handling of a mapping fault: the {@link InternalError} that the JVM throws in the thread that
 * accessed a page of a mapped file that no longer exists, because a peer has truncated the file;
 * and of a failure to open or map such a file.
 */
public final class MappingFault {
    /**
     * The number of backward jumps of {@link #poll}. Not final: otherwise the compiler would find
     * that the loop ends, and drop the poll.
     */
    @SuppressWarnings("FieldMayBeFinal")
    private static int once = 1;

    private MappingFault() {}

    /**
     * Makes the JVM throw a pending fault. Compiled code only records a fault at the access; the
     * error is thrown where the thread next polls for a safepoint, possibly in a caller outside the
     * frame that translates it. Must be the last call inside the {@code try} block.
     *
     * <p>HotSpot polls at each backward jump of a loop whose iterations it cannot count: so this
     * costs some loads and tests, and no call (ADR 14).
     */
    public static void poll() {
        int left = once;
        while (left != 0) {
            left >>>= 1;
        }
    }

    /**
     * Returns what to throw to the caller for a caught throwable. Required wherever a public method
     * has accessed mapped memory, for anything thrown there: an exception of a handler or of a
     * check may itself result from a lost page whose fault is still pending.
     *
     * @param thrown the caught throwable
     * @return a {@link ChannelCorruptedException} if a page is lost, with the caught throwable
     *     suppressed; else the caught throwable, in an {@link IllegalStateException} if it is
     *     checked
     * @throws Error the caught throwable, if it is one and no page is lost
     */
    public static RuntimeException translate(Throwable thrown) {
        try {
            poll();
        } catch (InternalError lost) {
            ChannelCorruptedException corrupted = asCorruption(lost);
            corrupted.addSuppressed(thrown);
            return corrupted;
        }
        if (thrown instanceof InternalError lost) {
            return asCorruption(lost);
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException unchecked
                ? unchecked
                : new IllegalStateException(thrown);
    }

    /**
     * Runs a step that is useful only to peers, when an end leaves: if the memory is lost or
     * corrupt the step is abandoned, and the peers detect that themselves.
     *
     * @param step the step
     */
    public static void bestEffort(Runnable step) {
        try {
            step.run();
            poll();
        } catch (ChannelCorruptedException e) {
            // As above.
        } catch (InternalError e) {
            asCorruption(e); // As above, unless it has another reason.
        }
    }

    /**
     * Translates a mapping fault.
     *
     * @param error the caught error
     * @return the exception to throw instead
     * @throws InternalError the same error, if it has another cause
     */
    public static ChannelCorruptedException asCorruption(InternalError error) {
        String message = error.getMessage();
        if (message == null || !message.contains("unsafe memory access")) {
            throw error;
        }
        return new ChannelCorruptedException(
                "a page of a mapped file is gone: the file was cut off", error);
    }

    /**
     * Returns what to throw for a failure to open or map a part of a lane's file. A file that does
     * not exist, or is not a lane of the pipe, is corrupt. Any other error (no descriptor or memory
     * left, no permission) says nothing about the file: the lane is kept, and is tried again.
     *
     * @param subject what could not be used
     * @param failure an {@link IOException}, the system's error; or an unchecked exception
     * @return a {@link ChannelCorruptedException}, an {@link UncheckedIOException}, or the
     *     unchecked exception
     */
    public static RuntimeException ofFile(String subject, Exception failure) {
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
