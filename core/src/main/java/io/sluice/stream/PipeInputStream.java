package io.sluice.stream;

import io.sluice.ChannelCorruptedException;
import io.sluice.PipeReceiver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;

/** An input stream over a pipe's receiving end. One thread at a time. */
final class PipeInputStream extends InputStream {
    /** The timeout of a single wait; a read repeats it without limit. */
    private static final Duration LONG = Duration.ofDays(1);

    private final ByteSource source;
    private final byte[] one = new byte[1];
    private boolean closed;

    PipeInputStream(PipeReceiver receiver) {
        source = new ByteSource(receiver);
    }

    @Override
    public int read() throws IOException {
        checkOpen();
        if (source.kept() > 0) {
            return source.next() & 0xFF;
        }
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        checkOpen();
        if (length == 0) {
            return 0;
        }
        ByteBuffer buffer = ByteBuffer.wrap(target, offset, length);
        try {
            int count;
            do {
                count = source.read(buffer, LONG);
            } while (count == 0);
            return count;
        } catch (InterruptedException e) {
            throw Failures.of(e, 0);
        } catch (IllegalStateException | ChannelCorruptedException | UncheckedIOException e) {
            throw Failures.of(e);
        }
    }

    @Override
    public int available() throws IOException {
        checkOpen();
        try {
            source.look();
        } catch (IllegalStateException | ChannelCorruptedException | UncheckedIOException e) {
            throw Failures.of(e);
        }
        return source.kept();
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw Failures.closed();
        }
    }

    @Override
    public void close() {
        closed = true;
        source.close();
    }

    @Override
    public String toString() {
        return "PipeInputStream[" + source + "]";
    }
}
