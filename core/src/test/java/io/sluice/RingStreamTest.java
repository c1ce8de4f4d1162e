package io.sluice;

import static org.agrona.concurrent.ControlledMessageHandler.Action.ABORT;
import static org.agrona.concurrent.ControlledMessageHandler.Action.COMMIT;
import static org.agrona.concurrent.ControlledMessageHandler.Action.CONTINUE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.agrona.PipeRingBuffer;
import java.nio.file.Path;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.ControlledMessageHandler.Action;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A pipe as a ring buffer between two threads that share one object, and a third that reads its
 * state.
 */
@Timeout(120)
class RingStreamTest {
    private static final int MESSAGES = 200_000;

    @TempDir Path directory;
    private long next;
    private int aborts;

    private void check(int type, MutableDirectBuffer buffer, int index, int length) {
        assertEquals(1 + next % 7, type);
        assertEquals(8 + next % 30, length);
        assertEquals(next, buffer.getLong(index));
    }

    private Action control(int type, MutableDirectBuffer buffer, int index, int length) {
        check(type, buffer, index, length);
        if (next % 10 == 9 && aborts++ < 2) {
            return ABORT;
        }
        aborts = 0;
        next++;
        return next % 2 == 0 ? COMMIT : CONTINUE;
    }

    @Test
    void everyMessageIsReadOnceInOrderThoughSomeAreAborted() throws Exception {
        Pipe pipe = Pipe.create(directory.resolve("pipe"), PipeSpec.bounded(8192).senders(1));
        PipeSender sender = pipe.sender();
        PipeRingBuffer ring = new PipeRingBuffer(sender, pipe.receiver());
        TestThreads testThreads = new TestThreads(ring);
        testThreads.start(
                () -> {
                    UnsafeBuffer message = new UnsafeBuffer(new byte[100]);
                    for (long i = 0; i < MESSAGES; ) {
                        message.putLong(3, i);
                        if (ring.write((int) (1 + i % 7), message, 3, (int) (8 + i % 30))) {
                            i++;
                        } else {
                            Thread.yield();
                        }
                    }
                    sender.close();
                });
        testThreads.start(
                () -> {
                    while (!ring.isEndOfStream()) {
                        int count = ring.controlledRead(this::control, 50);
                        count +=
                                ring.read(
                                        (type, buffer, index, length) -> {
                                            check(type, buffer, index, length);
                                            aborts = 0;
                                            next++;
                                        },
                                        20);
                        if (count == 0) {
                            Thread.yield();
                        }
                    }
                });
        long[] last = new long[1];
        testThreads.spinUntil(
                () -> {
                    long position = ring.consumerPosition();
                    assertTrue(position >= last[0]);
                    last[0] = position;
                    assertTrue(ring.producerPosition() >= position);
                    assertTrue(ring.size() >= 0 && ring.size() <= ring.capacity());
                    return ring.producerPosition() == position && position > MESSAGES;
                });
        testThreads.join();
        assertEquals(MESSAGES, next);
        assertEquals(0, ring.size());
        ring.close();
    }
}
