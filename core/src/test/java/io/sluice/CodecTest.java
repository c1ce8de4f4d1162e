package io.sluice;

import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The built-in codecs, and codecs that throw. */
@Timeout(60)
class CodecTest extends OnePipe {

    /** An integer codec that throws in the chosen method. */
    private static final class Failing implements Codec<Integer> {
        String where = "";
        int written = Integer.BYTES;

        private void at(String place) {
            if (where.equals(place)) {
                throw new ArithmeticException(place);
            }
        }

        @Override
        public int length(Integer message) {
            at("length");
            return message < 0 ? message : Integer.BYTES;
        }

        @Override
        public int encode(Integer message, MemorySegment memory, long offset) {
            memory.set(ValueLayout.JAVA_INT_UNALIGNED, offset, message);
            at("encode");
            return written;
        }

        @Override
        public Integer decode(MemorySegment memory, long offset, int length) {
            at("decode");
            int message = memory.get(ValueLayout.JAVA_INT_UNALIGNED, offset);
            return where.equals("null") ? null : message;
        }
    }

    private static String random(Random random) {
        StringBuilder text = new StringBuilder();
        int[] beyond = {0x80, 0x800, 0xD800, 0xE000, 0x10000, 0x110000};
        for (int i = random.nextInt(30); i > 0; i--) {
            int point = random.nextInt(beyond[random.nextInt(beyond.length)]);
            if (random.nextInt(8) == 0) {
                text.append((char) (0xD800 + random.nextInt(0x800))); // Often unpaired.
            } else {
                text.appendCodePoint(point);
            }
        }
        return text.toString();
    }

    @Test
    void stringsAreWrittenAsTheJdkWritesThem() {
        Sender<String> strings = Codec.utf8().sender(sender);
        List<String> known =
                List.of(
                        "",
                        "a",
                        "\u00e9",
                        "\u20ac",
                        "\ud83d\ude00",
                        "\ud83d",
                        "x\ude00",
                        "\ud83d\ud83d");
        Random random = new Random(42);
        for (int i = 0; i < 5000; i++) {
            String text = i < known.size() ? known.get(i) : random(random);
            byte[] expected = text.getBytes(StandardCharsets.UTF_8);
            assertEquals(expected.length, Codec.utf8().length(text), text);
            assertTrue(strings.trySend(text));
            assertArrayEquals(expected, receiver.tryReceive(), text);
        }
    }

    @Test
    void stringsAreReadAsTheJdkReadsThem() {
        Receiver<String> strings = Codec.utf8().receiver(receiver);
        Random random = new Random(43);
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = random(random).getBytes(StandardCharsets.UTF_8);
            if (bytes.length > 0 && i % 3 == 0) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            assertTrue(sender.trySend(bytes));
            assertEquals(new String(bytes, StandardCharsets.UTF_8), strings.tryReceive());
        }
    }

    @Test
    void bytesAndNumbersComeBack() {
        Sender<byte[]> bytes = Codec.bytes().sender(sender);
        Receiver<byte[]> received = Codec.bytes().receiver(receiver);
        for (int length : new int[] {0, 1, 7, 8, 100, pipe.maxMessageLength()}) {
            byte[] message = new byte[length];
            new Random(length).nextBytes(message);
            assertTrue(bytes.trySend(message));
            assertArrayEquals(message, received.tryReceive());
        }
        Sender<Long> numbers = Codec.longs().sender(sender);
        Receiver<Long> back = Codec.longs().receiver(receiver);
        for (long number : new long[] {0, -1, Long.MIN_VALUE, 0x0123456789ABCDEFL}) {
            assertTrue(numbers.trySend(number));
            assertEquals(number, back.tryReceive());
        }
    }

    @Test
    void aMessageThatIsNoNumberIsTakenAndRefused() {
        Receiver<Long> numbers = Codec.longs().receiver(receiver);
        sender.trySend(new byte[7]);
        Codec.longs().sender(sender).trySend(5L);
        assertThrows(IllegalArgumentException.class, numbers::tryReceive);
        assertEquals(5, numbers.tryReceive());
    }

    @Test
    void aCodecThatFailsToEncodeHasSentNothingAndLeavesThePipeUsable() throws Exception {
        Failing codec = new Failing();
        Sender<Integer> numbers = codec.sender(sender);
        Receiver<Integer> received = codec.receiver(receiver);
        for (String where : List.of("length", "encode")) {
            codec.where = where;
            assertThrows(ArithmeticException.class, () -> numbers.trySend(1));
            assertThrows(ArithmeticException.class, () -> numbers.send(1));
        }
        codec.where = "";
        for (int wrong : new int[] {-1, 3, 5}) {
            codec.written = wrong;
            assertThrows(IllegalStateException.class, () -> numbers.trySend(1));
        }
        codec.written = Integer.BYTES;
        assertThrows(IllegalArgumentException.class, () -> numbers.trySend(-1));
        assertNull(received.tryReceive());
        assertTrue(numbers.trySend(2));
        assertEquals(2, received.tryReceive());
        assertNull(received.tryReceive());
    }

    @Test
    void aCodecThatClosesItsSenderIsToldSo() {
        Codec<Integer> closing =
                new Codec<>() {
                    @Override
                    public int length(Integer message) {
                        return Integer.BYTES;
                    }

                    @Override
                    public int encode(Integer message, MemorySegment memory, long offset) {
                        sender.close();
                        return Integer.BYTES;
                    }

                    @Override
                    public Integer decode(MemorySegment memory, long offset, int length) {
                        return length;
                    }
                };
        Sender<Integer> numbers = closing.sender(sender);
        String message =
                assertThrows(IllegalStateException.class, () -> numbers.send(1)).getMessage();
        assertTrue(message.contains("closed while the codec's encode wrote"), message);
        assertNull(receiver.tryReceive());
        assertTrue(receiver.isEndOfStream());
    }

    @Test
    void aClaimWhoseSenderIsClosedSaysThat() throws Exception {
        Claim claim = sender.tryClaim(8);
        sender.close();
        String message = assertThrows(IllegalStateException.class, claim::commit).getMessage();
        assertTrue(message.endsWith("is closed"), message);
        assertNull(receiver.tryReceive());
    }

    @Test
    void aCodecThatFailsToDecodeHasTakenItsMessageAndNoOther() throws Exception {
        Failing codec = new Failing();
        Sender<Integer> numbers = codec.sender(sender);
        Receiver<Integer> received = codec.receiver(receiver);
        for (int i = 1; i <= 4; i++) {
            numbers.send(i);
        }
        codec.where = "decode";
        assertThrows(ArithmeticException.class, received::tryReceive);
        assertThrows(ArithmeticException.class, received::receive);
        codec.where = "null";
        assertThrows(NullPointerException.class, received::tryReceive);
        codec.where = "";
        assertEquals(4, received.receive());
        assertFalse(received.isEndOfStream());
    }

    @Test
    void anObjectThatIsTooLongIsRefused() {
        Sender<byte[]> bytes = Codec.bytes().sender(sender);
        byte[] tooLong = new byte[pipe.maxMessageLength() + 1];
        assertThrows(IllegalArgumentException.class, () -> bytes.trySend(tooLong));
        assertTrue(bytes.trySend(new byte[1]));
    }

    @Test
    void afterTheEndALaterSenderIsHeardAgain() throws Exception {
        Receiver<Long> numbers = Codec.longs().receiver(receiver);
        sender.close();
        assertNull(numbers.receive());
        assertTrue(numbers.isEndOfStream());
        try (Sender<Long> later = Codec.longs().sender(pipe.sender())) {
            later.send(1L);
            assertEquals(1, numbers.receive());
            assertFalse(numbers.isEndOfStream());
        }
    }

    /** A lane that is truncated while a message of it is decoded. The other lanes stay usable. */
    @Test
    void whatAFailedCallDecodedIsNotReceivedLater() throws Exception {
        Path path = directory.resolve("many");
        Codec<String> truncating =
                new Codec<>() {
                    @Override
                    public int length(String message) {
                        return Utf8Codec.INSTANCE.length(message);
                    }

                    @Override
                    public int encode(String message, MemorySegment memory, long offset) {
                        return Utf8Codec.INSTANCE.encode(message, memory, offset);
                    }

                    @Override
                    public String decode(MemorySegment memory, long offset, int length) {
                        try (FileChannel lane = FileChannel.open(path.resolve("lane-0"), WRITE)) {
                            lane.truncate(0);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                        return "decoded";
                    }
                };
        Pipe many = Pipe.create(path, PipeSpec.bounded(4096));
        try (Sender<String> to = truncating.sender(many.sender());
                Receiver<String> from = truncating.receiver(many.receiver())) {
            assertTrue(to.trySend("sent"));
            assertThrows(ChannelCorruptedException.class, from::tryReceive);
            assertNull(from.tryReceive());
        }
    }
}
