package io.sluice;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The base of tests of one small pipe, with one sender and one receiver. */
abstract class OnePipe {
    @TempDir Path directory;
    Pipe pipe;
    PipeSender sender;
    PipeReceiver receiver;

    @BeforeEach
    final void openPipe() throws Exception {
        pipe = Pipe.create(directory.resolve("pipe"), PipeSpec.bounded(4096).senders(1));
        sender = pipe.sender();
        receiver = pipe.receiver();
    }

    @AfterEach
    final void closePipe() {
        sender.close();
        receiver.close();
    }

    /** Sends until there is no room. */
    final void fill() {
        while (sender.trySend(new byte[56])) {}
    }
}
