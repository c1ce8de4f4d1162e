package io.sluice.stream;

import io.sluice.PipeSender;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;

/** A writable channel over a pipe's sending end. */
final class PipeWritableChannel extends PipeChannel implements WritableByteChannel {
    private final PipeSender sender;
    private final int longest;

    PipeWritableChannel(PipeSender sender) {
        this.sender = Objects.requireNonNull(sender, "sender");
        this.longest = PipeOutputStream.longestPiece(sender);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return operate(Objects.requireNonNull(source, "source"));
    }

    @Override
    int transfer(ByteBuffer source) throws IOException, InterruptedException {
        int start = source.position();
        int end = source.limit();
        try {
            while (source.position() < end) {
                source.limit(source.position() + Math.min(end - source.position(), longest));
                while (!sender.send(source, SLICE)) {
                    checkNotClosed();
                }
            }
        } finally {
            source.limit(end);
        }
        return end - start;
    }

    @Override
    void closeEnd() {
        sender.close();
    }

    @Override
    public String toString() {
        return "PipeWritableChannel[" + sender + "]";
    }
}
