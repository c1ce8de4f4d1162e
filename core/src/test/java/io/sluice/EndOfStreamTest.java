package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.pipe.storage.MetaDescriptor;
import io.sluice.pipe.storage.Participants;
import io.sluice.pipe.storage.PipeFiles;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The end of the stream follows the last message, however close they are. */
@Timeout(120)
class EndOfStreamTest {
    private static final int ROUNDS = 10_000;
    private static final long ENOUGH_NANOS =
            Proof.size(500, 3_000) * 1_000_000L; // On a busy machine, fewer rounds.
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @TempDir Path directory;
    private volatile int attached;
    private volatile int polling;
    private volatile int ended;
    private volatile boolean stopped;

    private void send(Pipe pipe) throws Exception {
        Random random = new Random(1);
        for (int round = 1; round <= ROUNDS && !stopped; round++) {
            try (PipeSender sender = pipe.sender()) {
                attached = round;
                while (polling < round && !stopped) {
                    Thread.yield();
                }
                if (stopped) {
                    return;
                }
                for (int i = random.nextInt(200); i > 0; i--) {
                    Thread.onSpinWait();
                }
                sender.send(new byte[] {1});
            }
            while (ended < round && !stopped) { // The next sender would mask the end.
                Thread.yield();
            }
        }
    }

    /** The message and the end arrive between any two polls of the receiver. */
    @Test
    void aMessageRightBeforeTheEndIsReceivedBeforeTheEnd() throws Exception {
        Pipe pipe = Pipe.create(directory.resolve("pipe"), PipeSpec.bounded(4096).senders(1));
        FutureTask<Void> sending =
                new FutureTask<>(
                        () -> {
                            send(pipe);
                            return null;
                        });
        Thread thread = Thread.ofPlatform().start(sending);
        int[] received = new int[1];
        MessageHandler count = (memory, offset, length) -> received[0]++;
        try (PipeReceiver receiver = pipe.receiver()) {
            long start = System.nanoTime();
            for (int round = 1; round <= ROUNDS; round++) {
                if (System.nanoTime() - start > ENOUGH_NANOS) {
                    stopped = true; // Before the receiver closes.
                    break;
                }
                while (attached < round && !sending.isDone()) {
                    Thread.yield();
                }
                polling = round;
                int n;
                while ((n = receiver.receive(count, 1, DEADLINE)) > 0) {}
                assertEquals(-1, n, receiver::toString);
                assertEquals(round, received[0], "the end came before the message");
                ended = round;
            }
        } finally {
            stopped = true;
            assertTrue(thread.join(DEADLINE), thread::toString);
        }
        sending.get();
    }

    /** A process may be killed after it has marked its end closed, before it notifies others. */
    @Test
    void anEndThatWasKilledWhileItClosedHasLeft() throws Exception {
        Pipe pipe = Pipe.create(directory.resolve("pipe"), PipeSpec.bounded(4096).senders(1));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            assertTrue(sender.trySend(new byte[1]));
            assertEquals(1, receiver.poll((memory, offset, length) -> {}, 1));
            writeClosed(pipe, 0);
            writeClosed(pipe, 1);
            long start = System.nanoTime();
            while (!receiver.isEndOfStream() && System.nanoTime() - start < DEADLINE.toNanos()) {
                receiver.poll((memory, offset, length) -> {}, 1);
            }
            assertTrue(receiver.isEndOfStream(), receiver::toString);
            byte[] message = new byte[1000];
            assertThrows(
                    BrokenChannelException.class,
                    () -> {
                        while (System.nanoTime() - start < DEADLINE.toNanos()) {
                            sender.trySend(message);
                        }
                    });
        }
    }

    private static void writeClosed(Pipe pipe, int participant) throws Exception {
        long offset =
                PipeFiles.open(pipe.path(), false).pipeLayout().participantOffset(participant)
                        + MetaDescriptor.STATE_OFFSET;
        ByteBuffer state = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        state.putLong(0, Participants.CLOSED);
        Path meta = pipe.path().resolve(PipeFiles.META);
        try (FileChannel channel = FileChannel.open(meta, StandardOpenOption.WRITE)) {
            channel.write(state, offset);
        }
    }
}
