package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A peer has overwritten the pipe: closing an end returns, and releases all that it held. */
@Timeout(60)
class CorruptedCloseTest {
    private static final int IDENTITY_LENGTH = 128;
    private static final long GARBAGE = 0x2e2e_2e2e_2e2e_2e2eL;

    @TempDir Path directory;

    static Set<String> flavors() {
        return BlockingCalls.flavors().keySet();
    }

    private void corrupt(String file) throws IOException {
        Path path = directory.resolve("pipe").resolve(file);
        try (FileChannel channel =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer words = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
            for (int at = IDENTITY_LENGTH; at < words.capacity(); at += Long.BYTES) {
                words.putLong(at, GARBAGE);
            }
        }
    }

    /** Tests, with a lock of another kind, whether a participant's lock is held. */
    private boolean isLocked(int participant) throws IOException {
        try (FileChannel locks =
                        FileChannel.open(
                                directory.resolve("pipe").resolve("locks"),
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE);
                FileLock lock = locks.tryLock(participant, 1, false)) {
            return lock == null;
        }
    }

    @ParameterizedTest
    @MethodSource("flavors")
    void theEndHasLeft(String flavor) throws Exception {
        PipeSpec spec = BlockingCalls.flavors().get(flavor);
        Pipe pipe = Pipe.create(directory.resolve("pipe"), spec);
        PipeReceiver receiver = pipe.receiver();
        PipeSender sender = pipe.sender();
        if (!flavor.equals("rendezvous")) {
            receiver.poll((memory, offset, length) -> {}, 1); // Opens its lane.
            BlockingCalls.fill(sender);
        }
        BooleanSupplier asleep = BlockingCalls.senderWaits(pipe.path());
        TestThreads testThreads = new TestThreads(flavor);
        testThreads.start(
                () ->
                        assertThrows(
                                ChannelCorruptedException.class, () -> sender.send(new byte[100])));
        testThreads.spinUntil(asleep);
        corrupt("lane-0");
        testThreads.join();
        assertEquals(true, isLocked(0));
        corrupt("meta");
        sender.close();
        assertEquals(false, isLocked(0));
        receiver.close();
        sender.close();
        receiver.close();
        assertThrows(IllegalStateException.class, () -> sender.trySend(new byte[1]));
        assertThrows(IllegalStateException.class, receiver::tryReceive);
        for (int i = 0; i < 4; i++) {
            assertEquals(false, isLocked(i));
        }
        assertNotNull(sender.toString());
    }
}
