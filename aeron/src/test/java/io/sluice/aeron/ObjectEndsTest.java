package io.sluice.aeron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.Aeron;
import io.sluice.Codec;
import io.sluice.Receiver;
import io.sluice.Sender;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The contract of {@link Sender} and {@link Receiver}, over a stream with a codec. */
@Timeout(60)
class ObjectEndsTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String CHANNEL = FreePort.channel();

    private static int streams = 1;
    private static TestDriver driver;
    private static Aeron aeron;

    private int stream;

    @BeforeAll
    static void launch(@TempDir Path directory) {
        driver = TestDriver.launch(directory.resolve("aeron"));
        aeron = TestDriver.client(directory.resolve("aeron"));
    }

    @AfterAll
    static void stop() {
        aeron.close();
        driver.close();
    }

    @BeforeEach
    void nextStream() {
        stream = streams++;
    }

    @Test
    void objectsArriveInOrderUntilTheEnd() throws Exception {
        try (Receiver<Long> receiver =
                AeronChannels.receiver(aeron, CHANNEL, stream, Codec.longs())) {
            Thread sending =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try (Sender<Long> sender =
                                                AeronChannels.sender(
                                                        aeron, CHANNEL, stream, Codec.longs())) {
                                            for (long i = 0; i < 5000; i++) {
                                                sender.send(i);
                                            }
                                        } catch (InterruptedException e) {
                                            throw new AssertionError(e);
                                        }
                                    });
            assertEquals(LongStream.range(0, 5000).boxed().toList(), receiver.stream().toList());
            assertTrue(receiver.isEndOfStream());
            assertNull(receiver.tryReceive());
            assertNull(receiver.receive());
            sending.join();
        }
    }

    @Test
    void anObjectMayTakeSeveralDatagrams() throws Exception {
        String text = "é".repeat(5000);
        try (Receiver<String> receiver =
                        AeronChannels.receiver(aeron, CHANNEL, stream, Codec.utf8());
                Sender<String> sender =
                        AeronChannels.sender(aeron, CHANNEL, stream, Codec.utf8())) {
            assertTrue(sender.send(text, LONG));
            assertTrue(sender.send("short", LONG));

            assertEquals(text, receiver.receive(LONG));
            assertEquals("short", receiver.receive(LONG));
            assertNull(receiver.receive(Duration.ofMillis(1)));
            assertFalse(receiver.isEndOfStream());
        }
    }

    /** Lies about its length, or throws, as the message says. */
    private static final class FaultyCodec implements Codec<String> {
        @Override
        public int length(String message) {
            return message.length();
        }

        @Override
        public int encode(String message, MemorySegment memory, long offset) {
            if (message.startsWith("throw")) {
                throw new UnsupportedOperationException(message);
            }
            return Codec.utf8().encode(message, memory, offset)
                    + (message.startsWith("lie") ? 1 : 0);
        }

        @Override
        public String decode(MemorySegment memory, long offset, int length) {
            String message = Codec.utf8().decode(memory, offset, length);
            if (message.equals("bad")) {
                throw new UnsupportedOperationException(message);
            }
            return message.equals("null") ? null : message;
        }
    }

    @Test
    void aFaultyCodecSendsNothingAndLeavesTheEndsUsable() throws Exception {
        try (Receiver<String> receiver =
                        AeronChannels.receiver(aeron, CHANNEL, stream, new FaultyCodec());
                Sender<String> sender =
                        AeronChannels.sender(aeron, CHANNEL, stream, new FaultyCodec())) {
            sender.send("first");
            for (String suffix : List.of("", "s".repeat(3000))) {
                assertThrows(
                        UnsupportedOperationException.class, () -> sender.send("throw" + suffix));
                assertThrows(IllegalStateException.class, () -> sender.send("lie" + suffix));
            }
            sender.send("bad");
            sender.send("null");
            sender.send("last");
            assertEquals("first", receiver.receive(LONG));
            assertThrows(UnsupportedOperationException.class, () -> receiver.receive(LONG));
            assertThrows(NullPointerException.class, () -> receiver.receive(LONG));
            assertEquals("last", receiver.receive(LONG));
        }
    }

    @Test
    void pollPassesMessagesOneByOne() throws Exception {
        try (Receiver<Long> receiver =
                        AeronChannels.receiver(aeron, CHANNEL, stream, Codec.longs());
                Sender<Long> sender = AeronChannels.sender(aeron, CHANNEL, stream, Codec.longs())) {
            for (long i = 0; i < 10; i++) {
                sender.send(i);
            }
            List<Long> got = new ArrayList<>();
            Soon.await(
                    () -> {
                        try {
                            receiver.poll(
                                    message -> {
                                        got.add(message);
                                        assertThrows(
                                                IllegalStateException.class, receiver::tryReceive);
                                        assertThrows(IllegalStateException.class, receiver::close);
                                        if (message == 4) {
                                            throw new ArithmeticException();
                                        }
                                    },
                                    3);
                        } catch (ArithmeticException e) {
                            assertEquals(5, got.size());
                        }
                        return got.size() == 10;
                    },
                    () -> got);
            assertEquals(LongStream.range(0, 10).boxed().toList(), got);
            assertThrows(IllegalArgumentException.class, () -> receiver.poll(message -> {}, -1));
            assertThrows(NullPointerException.class, () -> sender.trySend(null));
        }
    }
}
