package io.sluice.io;

import io.sluice.ChannelException;
import io.sluice.PipeReceiver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;

/** An input stream over a pipe's receiving end. One thread at a time. */
final class PipeInputStream extends InputStream {
    private static final Duration NO_TIMEOUT = Duration.ofSeconds(Long.MAX_VALUE);

    private final ByteSource source;
    private final byte[] singleByte = new byte[1];
    private boolean closed;

    PipeInputStream(PipeReceiver receiver) {
        source = new ByteSource(receiver);
    }

    @Override
    public int read() throws IOException {
        checkOpen();
        if (source.buffered() > 0) {
            return source.next() & 0xFF;
        }
        return read(singleByte, 0, 1) < 0 ? -1 : singleByte[0] & 0xFF;
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
            return source.read(buffer, NO_TIMEOUT);
        } catch (InterruptedException e) {
            throw IoExceptions.of(e, 0);
        } catch (ChannelException | IllegalStateException | UncheckedIOException e) {
            throw IoExceptions.of(e);
        }
    }

    @Override
    public int available() throws IOException {
        checkOpen();
        try {
            source.prefetch();
        } catch (ChannelException | IllegalStateException | UncheckedIOException e) {
            throw IoExceptions.of(e);
        }
        return source.buffered();
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw IoExceptions.closed();
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
