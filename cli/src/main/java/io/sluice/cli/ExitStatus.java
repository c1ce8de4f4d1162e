package io.sluice.cli;

import io.sluice.BrokenChannelException;
import io.sluice.ChannelCorruptedException;
import io.sluice.InvalidPipeException;
import io.sluice.NoSuchNodeException;
import io.sluice.QuotaExceededException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The exit statuses: one for each cause, the same for all subcommands. */
enum ExitStatus {
    OK(0, "Done."),
    ERROR(1, "Failed for another reason: a full disk, say. The message names it."),
    USAGE(2, "Wrong arguments."),
    NOT_FOUND(3, "There is no such pipe, directory or node."),
    INVALID(4, "It is not a pipe, or is damaged, or of another version, or unsafe."),
    BROKEN(5, "The other side has gone: receivers (put), or the node (call)."),
    TIMEOUT(6, "Nothing happened within --timeout."),
    BUSY(7, "Every slot or the name is taken, or a quota is reached, or ends are alive (rm)."),
    DENIED(8, "This user has no permission, or the file system is read-only."),
    DATA(9, "The input is no frames, or a message is longer than the pipe can carry."),
    UNFIT(10, "The machine lacks what pipes need (doctor)."),
    INTERRUPTED(130, "Ended by Ctrl-C."),
    OUTPUT_CLOSED(141, "The reader of the output has gone (head, say).");

    private final int status;
    private final String meaning;

    ExitStatus(int status, String meaning) {
        this.status = status;
        this.meaning = meaning;
    }

    int status() {
        return status;
    }

    String meaning() {
        return meaning;
    }

    /** Returns the statuses and their meanings, for the help. */
    static Map<String, String> table() {
        Map<String, String> table = new LinkedHashMap<>();
        for (ExitStatus exit : values()) {
            table.put(Integer.toString(exit.status), exit.meaning);
        }
        return table;
    }

    /** Returns the status for what a subcommand has thrown; null for a defect of this program. */
    static ExitStatus of(Throwable thrown) {
        if (thrown instanceof Failure failure) {
            return failure.exit();
        }
        if (thrown instanceof InterruptedException) {
            return INTERRUPTED;
        }
        if (thrown instanceof NoSuchFileException || thrown instanceof NoSuchNodeException) {
            return NOT_FOUND;
        }
        if (thrown instanceof InvalidPipeException || thrown instanceof ChannelCorruptedException) {
            return INVALID;
        }
        if (thrown instanceof BrokenChannelException) {
            return BROKEN;
        }
        if (thrown instanceof FileAlreadyExistsException
                || thrown instanceof QuotaExceededException
                || thrown instanceof IllegalStateException) {
            return BUSY;
        }
        if (thrown instanceof AccessDeniedException || isDenied(thrown)) {
            return DENIED;
        }
        if (thrown instanceof IllegalArgumentException) {
            return USAGE;
        }
        return thrown instanceof IOException
                        || thrown instanceof java.io.UncheckedIOException
                        || thrown instanceof UnsupportedOperationException
                        || thrown instanceof IllegalCallerException
                ? ERROR
                : null;
    }

    private static boolean isDenied(Throwable thrown) {
        return isReadOnly(thrown) || contains(thrown, "EACCES");
    }

    /** Tests whether a read-only file system is the cause. */
    static boolean isReadOnly(Throwable thrown) {
        return contains(thrown, "EROFS") || contains(thrown, "Read-only file system");
    }

    private static boolean contains(Throwable thrown, String reason) {
        String message = thrown.getMessage();
        return thrown instanceof IOException && message != null && message.contains(reason);
    }
}
