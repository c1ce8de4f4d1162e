package io.sluice.agrona;

import io.sluice.Pipe;
import io.sluice.PipeSpec;
import java.nio.file.Path;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.junit.jupiter.api.io.TempDir;

/** A pipe as a ring. */
class PipeRingBufferTest extends RingBufferContract {
    @TempDir Path directory;

    @Override
    RingBuffer ring() throws Exception {
        Pipe pipe = Pipe.create(directory.resolve("pipe"), PipeSpec.bounded(CAPACITY).senders(1));
        return new PipeRingBuffer(pipe.sender(), pipe.receiver());
    }
}
