package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pipes with several receivers, each message for exactly one of them. */
@Timeout(120)
class PipeManyReceiversTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @TempDir Path directory;

    private Pipe pipe(PipeSpec spec) throws Exception {
        return Pipe.create(directory.resolve("pipe"), spec);
    }

    private static byte[] number(int number) {
        return new byte[] {
            (byte) number, (byte) (number >> 8), (byte) (number >> 16), (byte) (number >> 24)
        };
    }

    @ParameterizedTest
    @CsvSource({"1,2,true", "1,4,false", "3,2,true", "4,3,false", "2,2,true"})
    void eachMessageGoesToExactlyOneAndAllSeeTheEnd(int senders, int receivers, boolean sleeps)
            throws Exception {
        int each = 30_000;
        Pipe pipe = pipe(PipeSpec.bounded(8192).senders(senders).receivers(receivers));
        AtomicIntegerArray seen = new AtomicIntegerArray(senders * each);
        List<FutureTask<Integer>> ends = new ArrayList<>();
        for (int i = 0; i < receivers; i++) {
            PipeReceiver receiver =
                    sleeps ? pipe.receiver() : pipe.receiver(new YieldingIdleStrategy());
            int[] last = new int[senders];
            ends.add(
                    new FutureTask<>(
                            () -> {
                                int count = 0;
                                int n;
                                MessageHandler handler =
                                        (memory, offset, length) -> {
                                            int number =
                                                    memory.get(
                                                            ValueLayout.JAVA_INT_UNALIGNED, offset);
                                            seen.incrementAndGet(number);
                                            assertEquals(0, receiver.deliveryAttempt());
                                            int sender = number / each;
                                            assertTrue(number + 1 > last[sender], "order");
                                            last[sender] = number + 1;
                                        };
                                try (receiver) {
                                    while ((n = receiver.receive(handler, 7, DEADLINE)) > 0) {
                                        count += n;
                                    }
                                    assertEquals(-1, n, receiver::toString);
                                }
                                return count;
                            }));
        }
        for (int i = 0; i < senders; i++) {
            int first = i * each;
            PipeSender sender = sleeps ? pipe.sender() : pipe.sender(new YieldingIdleStrategy());
            ends.add(
                    new FutureTask<>(
                            () -> {
                                try (sender) {
                                    for (int n = first; n < first + each; n++) {
                                        assertTrue(sender.send(number(n), DEADLINE), "full");
                                    }
                                }
                                return 0;
                            }));
        }
        ends.forEach(end -> Thread.ofPlatform().start(end));
        int received = 0;
        for (FutureTask<Integer> end : ends) {
            received += end.get(60, java.util.concurrent.TimeUnit.SECONDS);
        }
        assertEquals(senders * each, received);
        for (int i = 0; i < seen.length(); i++) {
            assertEquals(1, seen.get(i), "message " + i);
        }
    }

    /** A message being handled goes to no other receiver, and is done though its handler throws. */
    @Test
    void aMessageInFlightIsDeliveredToNoOtherReceiver() throws Exception {
        Pipe pipe = pipe(PipeSpec.bounded().senders(1).receivers(2));
        try (PipeSender sender = pipe.sender();
                PipeReceiver first = pipe.receiver();
                PipeReceiver second = pipe.receiver()) {
            sender.send(number(1));
            sender.send(number(2));
            RuntimeException thrown = new RuntimeException("handler");
            assertEquals(
                    thrown,
                    assertThrows(
                            RuntimeException.class,
                            () ->
                                    first.poll(
                                            (memory, offset, length) -> {
                                                assertEquals(2, second.tryReceive()[0]);
                                                assertNull(second.tryReceive());
                                                throw thrown;
                                            },
                                            5)));
            assertNull(first.tryReceive());
            sender.send(number(3));
            assertEquals(3, first.tryReceive()[0]);
        }
    }

    @Test
    void thePipeBreaksWhenTheLastReceiverHasLeft() throws Exception {
        Pipe pipe = pipe(PipeSpec.bounded().senders(1).receivers(Ends.MANY));
        try (PipeSender sender = pipe.sender()) {
            PipeReceiver first = pipe.receiver();
            PipeReceiver second = pipe.receiver();
            first.close();
            assertTrue(sender.trySend(number(1)));
            second.close();
            assertThrows(BrokenChannelException.class, () -> sender.trySend(number(2)));
        }
    }

    @Test
    void messagesUpToTheCapacityAndEmptyOnes() throws Exception {
        Pipe pipe = pipe(PipeSpec.bounded(4096).senders(1).receivers(2));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            for (int i = 0; i < 200; i++) {
                byte[] message = new byte[i % 3 == 0 ? pipe.maxMessageLength() - i : i % 5];
                if (message.length > 0) {
                    message[message.length - 1] = (byte) (i | 1);
                }
                sender.send(message);
                byte[] received = receiver.receive(DEADLINE);
                org.junit.jupiter.api.Assertions.assertArrayEquals(message, received);
            }
        }
    }
}
