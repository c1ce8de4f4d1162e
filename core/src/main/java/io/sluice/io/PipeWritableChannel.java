package io.sluice.io;

import io.sluice.PipeSender;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;

/** A writable channel over a pipe's sending end. */
final class PipeWritableChannel extends PipeChannel implements WritableByteChannel {
    private final PipeSender sender;
    private final int maxChunk;

    PipeWritableChannel(PipeSender sender) {
        this.sender = Objects.requireNonNull(sender, "sender");
        this.maxChunk = PipeOutputStream.maxChunk(sender);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return transferLocked(Objects.requireNonNull(source, "source"));
    }

    @Override
    int transfer(ByteBuffer source) throws IOException, InterruptedException {
        int start = source.position();
        int end = source.limit();
        try {
            while (source.position() < end) {
                source.limit(source.position() + Math.min(end - source.position(), maxChunk));
                while (!sender.send(source, CLOSE_CHECK_INTERVAL)) {
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
