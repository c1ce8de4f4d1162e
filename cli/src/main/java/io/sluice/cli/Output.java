package io.sluice.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The standard output with a buffer. What is not flushed is not written.
 *
 * <p>A failure to write is a {@link Failure}: silent if the reader has gone, as of any filter.
 */
final class Output {
    private static final int LARGE = 1 << 16;

    private final OutputStream out;
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();

    Output(OutputStream out) {
        this.out = out;
    }

    /** Adds a line. */
    void line(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        bytes(bytes, bytes.length);
        buffer.write('\n');
    }

    /** Adds bytes. */
    void bytes(byte[] bytes, int length) {
        buffer.write(bytes, 0, length);
    }

    /** Adds an object as one line of JSON. */
    void json(Object value) {
        line(Json.compact(value));
    }

    /** Returns whether it is time to flush. */
    boolean isLarge() {
        return buffer.size() >= LARGE;
    }

    /** Writes what was added. */
    void flush() {
        try {
            buffer.writeTo(out);
            buffer.reset();
            out.flush();
        } catch (IOException e) {
            buffer.reset();
            throw failure(e);
        }
    }

    private static Failure failure(IOException e) {
        String reason = String.valueOf(e.getMessage());
        return reason.contains("Broken pipe")
                ? new Failure(ExitStatus.OUTPUT_CLOSED, null)
                : new Failure(ExitStatus.ERROR, "the output cannot be written: " + reason);
    }
}
