package io.sluice.stream;

import io.sluice.BrokenChannelException;
import io.sluice.ChannelCorruptedException;
import io.sluice.PipeSender;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** An output stream over a pipe's sending end. One thread at a time. */
final class PipeOutputStream extends OutputStream {
    private static final int LONGEST_PIECE = 1 << 16;

    private final PipeSender sender;
    private final int longest;
    private final byte[] one = new byte[1];
    private boolean closed;

    PipeOutputStream(PipeSender sender) {
        this.sender = Objects.requireNonNull(sender, "sender");
        this.longest = longestPiece(sender);
    }

    /**
     * Returns the maximum message length: long enough for a low cost per byte, short enough that
     * both ends of the pipe work concurrently.
     */
    static int longestPiece(PipeSender sender) {
        return Math.max(1, Math.min(sender.maxMessageLength() / 4, LONGEST_PIECE));
    }

    @Override
    public void write(int value) throws IOException {
        one[0] = (byte) value;
        write(one, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, source.length);
        if (closed) {
            throw Failures.closed();
        }
        int written = 0;
        try {
            while (written < length) {
                int piece = Math.min(length - written, longest);
                sender.send(source, offset + written, piece);
                written += piece;
            }
        } catch (InterruptedException e) {
            throw Failures.of(e, written);
        } catch (BrokenChannelException
                | IllegalStateException
                | ChannelCorruptedException
                | UncheckedIOException e) {
            throw Failures.of(e);
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
