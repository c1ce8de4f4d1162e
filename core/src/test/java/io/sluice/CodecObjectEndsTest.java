package io.sluice;

import java.nio.file.Path;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.io.TempDir;

/** A pipe's ends, with a codec. */
class CodecObjectEndsTest extends ObjectEndsContract {
    @TempDir Path directory;

    @Override
    void open() throws Exception {
        Pipe pipe = Pipe.create(directory.resolve("pipe"), PipeSpec.bounded(4096));
        sender = Codec.longs().sender(pipe.sender(new YieldingIdleStrategy()));
        receiver = Codec.longs().receiver(pipe.receiver(new YieldingIdleStrategy()));
    }
}
