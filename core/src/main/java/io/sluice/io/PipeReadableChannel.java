package io.sluice.io;

import io.sluice.PipeReceiver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** A readable channel over a pipe's receiving end. */
final class PipeReadableChannel extends PipeChannel implements ReadableByteChannel {
    private final ByteSource source;

    PipeReadableChannel(PipeReceiver receiver) {
        source = new ByteSource(receiver);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("a read-only buffer: nothing can be read into it");
        }
        return transferLocked(target);
    }

    @Override
    int transfer(ByteBuffer target) throws IOException, InterruptedException {
        if (!target.hasRemaining()) {
            return 0;
        }
        while (true) {
            int count = source.read(target, CLOSE_CHECK_INTERVAL);
            if (count != 0) {
                return count;
            }
            checkNotClosed();
        }
    }

    @Override
    void closeEnd() {
        source.close();
    }

    @Override
    public String toString() {
        return "PipeReadableChannel[" + source + "]";
    }
}
