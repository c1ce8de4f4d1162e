package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Damage to one lane affects that lane only: it is given up once, every message of the other lanes
 * is received once and in order, and then the stream ends.
 */
@Timeout(120)
class CorruptLaneIsolationTest {
    private static final long SEED = Long.getLong("sluice.seed", System.nanoTime());
    private static final int CORRUPTING = 0;
    private static final int SENDERS = 3;
    private static final int EACH = 40_000;
    private static final long FIRST_WORD = 0x5ca1ab1e0ddba11L;

    @TempDir Path directory;

    private final AtomicLong[] received = {new AtomicLong(), new AtomicLong(), new AtomicLong()};
    private final AtomicInteger completedSenders = new AtomicInteger();

    private void send(Pipe pipe, PipeSender sender, int self) throws Exception {
        byte[] message = new byte[24];
        MemorySegment words = MemorySegment.ofArray(message);
        try (sender) {
            words.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, FIRST_WORD * (self + 1));
            for (int n = 0; n < EACH; n++) {
                words.set(ValueLayout.JAVA_LONG_UNALIGNED, 8, n);
                words.set(ValueLayout.JAVA_LONG_UNALIGNED, 16, ~n);
                assertTrue(sender.send(message, Duration.ofSeconds(60)), pipe::toString);
            }
        } finally {
            completedSenders.incrementAndGet();
        }
    }

    private void sendAndCorrupt(Pipe pipe, PipeSender first) throws InterruptedException {
        PipeSender sender = first;
        while (completedSenders.get() < SENDERS - 1) {
            try {
                if (sender == null) {
                    sender = pipe.sender();
                }
                sender.send(new byte[24], Duration.ofMillis(5));
            } catch (ChannelException | IOException e) {
                if (sender != null) {
                    sender.close();
                }
                sender = null;
                Thread.sleep(1);
            } catch (IllegalStateException e) {
                Thread.sleep(1); // Two slots are in use, the third is being checked.
            }
        }
        if (sender != null) {
            sender.close();
        }
    }

    private void receive(PipeReceiver receiver) throws InterruptedException {
        long[] next = new long[SENDERS];
        MessageHandler handler =
                (memory, offset, length) -> {
                    if (length != 24) {
                        return; // From the damaged lane, as all without another's sign.
                    }
                    long sign = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
                    for (int i = 1; i < SENDERS; i++) {
                        if (sign == FIRST_WORD * (i + 1)) {
                            long n = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset + 8);
                            long inverse = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset + 16);
                            assertEquals(~n, inverse, "torn");
                            assertTrue(n >= next[i], "order of sender " + i);
                            next[i] = n + 1;
                            received[i].incrementAndGet();
                        }
                    }
                };
        int corrupt = 0;
        try (receiver) {
            for (int n = 0; n >= 0; ) {
                try {
                    n = receiver.receive(handler, 50, Duration.ofMillis(100));
                } catch (ChannelCorruptedException e) {
                    corrupt++;
                    if (!e.getMessage().contains("lane " + CORRUPTING)) {
                        throw new AssertionError("not attributed to the damaged lane", e);
                    }
                }
            }
        }
        assertTrue(corrupt <= 1, "given up " + corrupt + " times");
    }

    private static void truncate(Path file, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    private void damage(Pipe pipe, String what) throws Exception {
        Path lane = pipe.path().resolve("lane-" + CORRUPTING);
        if (what.equals("words")) {
            try (HostilePeer hostilePeer = new HostilePeer(SEED)) {
                hostilePeer.targetLane(pipe, CORRUPTING);
                while (completedSenders.get() < SENDERS - 1) {
                    hostilePeer.overwriteWord();
                    Thread.yield();
                }
            }
        } else {
            // Halfway: the code is compiled by then, and messages flow.
            while (received[1].get() < EACH / 2 && completedSenders.get() == 0) {
                Thread.yield();
            }
            long length = Files.size(lane);
            truncate(lane, what.equals("half") ? length / 2 : Long.parseLong(what));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "words,1,SENDER,true",
        "words,1,ARRIVAL,true",
        "words,2,SENDER,true",
        "words,1,SENDER,false",
        "words,2,SENDER,false",
        "words,1,ARRIVAL,false",
        "0,1,SENDER,true",
        "0,1,ARRIVAL,true",
        "0,2,SENDER,true",
        "0,1,SENDER,false",
        "4096,1,SENDER,true",
        "4096,1,ARRIVAL,true",
        "4096,2,SENDER,true",
        "4096,2,SENDER,false",
        "half,1,SENDER,true",
        "half,1,ARRIVAL,false",
        "half,2,SENDER,true",
        "half,2,SENDER,false"
    })
    void allOtherLanesContinue(String what, int receivers, Order order, boolean sleeps)
            throws Exception {
        PipeSpec spec = PipeSpec.bounded(8192).senders(SENDERS).receivers(receivers).order(order);
        Pipe pipe = Pipe.create(directory.resolve("pipe"), spec);
        List<PipeSender> senders = new ArrayList<>();
        for (int i = 0; i < SENDERS; i++) {
            senders.add(sleeps ? pipe.sender() : pipe.sender(new YieldingIdleStrategy()));
        }
        TestThreads testThreads = new TestThreads(pipe + ", seed " + SEED);
        for (int i = 0; i < receivers; i++) {
            PipeReceiver receiver =
                    sleeps ? pipe.receiver() : pipe.receiver(new YieldingIdleStrategy());
            testThreads.start(() -> receive(receiver));
        }
        for (int i = 0; i < SENDERS; i++) {
            int self = i;
            if (i == CORRUPTING) {
                testThreads.start(() -> sendAndCorrupt(pipe, senders.get(CORRUPTING)));
            } else {
                testThreads.start(() -> send(pipe, senders.get(self), self));
            }
        }
        testThreads.start(() -> damage(pipe, what));
        testThreads.join();
        assertEquals(EACH, received[1].get());
        assertEquals(EACH, received[2].get());
    }
}
