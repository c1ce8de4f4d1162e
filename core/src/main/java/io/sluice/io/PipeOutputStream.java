package io.sluice.io;

import io.sluice.ChannelException;
import io.sluice.PipeSender;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** An output stream over a pipe's sending end. One thread at a time. */
final class PipeOutputStream extends OutputStream {
    private static final int CHUNK_LIMIT = 1 << 16;

    private final PipeSender sender;
    private final int maxChunk;
    private final byte[] singleByte = new byte[1];
    private boolean closed;

    PipeOutputStream(PipeSender sender) {
        this.sender = Objects.requireNonNull(sender, "sender");
        this.maxChunk = maxChunk(sender);
    }

    /**
     * Returns the maximum message length: long enough for a low cost per byte, short enough that
     * both ends of the pipe work concurrently.
     */
    static int maxChunk(PipeSender sender) {
        return Math.max(1, Math.min(sender.maxMessageLength() / 4, CHUNK_LIMIT));
    }

    @Override
    public void write(int value) throws IOException {
        singleByte[0] = (byte) value;
        write(singleByte, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, source.length);
        if (closed) {
            throw IoExceptions.closed();
        }
        int written = 0;
        try {
            while (written < length) {
                int piece = Math.min(length - written, maxChunk);
                sender.send(source, offset + written, piece);
                written += piece;
            }
        } catch (InterruptedException e) {
            throw IoExceptions.of(e, written);
        } catch (ChannelException | IllegalStateException | UncheckedIOException e) {
            throw IoExceptions.of(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        sender.close();
    }

    @Override
    public String toString() {
        return "PipeOutputStream[" + sender + "]";
    }
}
