package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.pipe.storage.MetaDescriptor;
import io.sluice.ring.LaneDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Words that only save time may hold any value: every message still arrives, once and in order,
 * though later. (A receiver that finds nothing checks everything now and then, as does a sender
 * without room.)
 */
@Timeout(60)
class CorruptedHintTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int MESSAGES = 20_000;
    private static final long[] WORDS = {0, 1, -1, 1L << 20, 1L << 43, Long.MAX_VALUE, 3};

    @TempDir Path directory;

    private record CorruptedHint(Path file, long offset) {}

    private static List<CorruptedHint> hints(Pipe pipe, String which) {
        Path lane = pipe.path().resolve("lane-0");
        Path meta = pipe.path().resolve("meta");
        List<CorruptedHint> hints = new ArrayList<>();
        switch (which) {
            case "hint" -> hints.add(new CorruptedHint(lane, LaneDescriptor.HINT_OFFSET));
            case "wanted" ->
                    hints.add(new CorruptedHint(lane, LaneDescriptor.WAKEUP_POSITION_OFFSET));
            case "events" -> {
                hints.add(new CorruptedHint(lane, LaneDescriptor.SENDER_EVENT_OFFSET));
                for (int i = 0; i < 4; i++) {
                    int block = 512 + i * MetaDescriptor.PARTICIPANT_LENGTH;
                    hints.add(new CorruptedHint(meta, block + MetaDescriptor.EVENT_OFFSET));
                }
            }
            case "ready" -> hints.add(new CorruptedHint(meta, MetaDescriptor.READY_OFFSET));
            case "waiting" -> hints.add(new CorruptedHint(meta, MetaDescriptor.READY_OFFSET + 128));
            case "epoch" -> hints.add(new CorruptedHint(meta, MetaDescriptor.EPOCH_OFFSET));
            default -> throw new IllegalArgumentException(which);
        }
        return hints;
    }

    private static void corrupt(List<CorruptedHint> hints, long word) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
        for (CorruptedHint hint : hints) {
            try (FileChannel channel = FileChannel.open(hint.file, StandardOpenOption.WRITE)) {
                channel.write(bytes.putLong(0, word), hint.offset);
            }
            bytes.clear();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "hint,1,2,true", "hint,2,2,false", "wanted,1,1,true", "wanted,2,1,true", "events,1,1,true",
        "events,2,2,true", "ready,2,1,true", "ready,2,2,false", "ready,2,1,false",
                "waiting,2,2,true",
        "waiting,1,1,true", "epoch,2,2,true", "epoch,1,1,false"
    })
    void everyMessageComesAllTheSame(String which, int senders, int receivers, boolean sleeps)
            throws Exception {
        PipeSpec spec = PipeSpec.bounded(4096).senders(senders).receivers(receivers);
        Pipe pipe = Pipe.create(directory.resolve("pipe"), spec);
        PipeSender sender = sleeps ? pipe.sender() : pipe.sender(new YieldingIdleStrategy());
        PipeReceiver receiver =
                sleeps ? pipe.receiver() : pipe.receiver(new YieldingIdleStrategy());
        List<CorruptedHint> hints = hints(pipe, which);
        TestThreads testThreads = new TestThreads(pipe);
        testThreads.start(
                () -> {
                    try (sender) {
                        for (int i = 0; i < MESSAGES; i++) {
                            byte[] message = {(byte) i, (byte) (i >> 8), (byte) (i >> 16)};
                            assertTrue(sender.send(message, DEADLINE), () -> "" + sender);
                        }
                    }
                });
        int[] next = new int[1];
        Thread receiving =
                testThreads.start(
                        () -> {
                            byte[] message;
                            while ((message = receiver.receive(DEADLINE)) != null) {
                                int number =
                                        message[0] & 0xff
                                                | (message[1] & 0xff) << 8
                                                | (message[2] & 0xff) << 16;
                                assertEquals(next[0]++, number);
                            }
                        });
        for (int i = 0; receiving.isAlive(); i++) {
            corrupt(hints, WORDS[i % WORDS.length]);
            Thread.sleep(1 + i % 7);
        }
        testThreads.join();
        assertEquals(MESSAGES, next[0], receiver::toString);
        assertTrue(receiver.isEndOfStream());
        receiver.close();
    }
}
