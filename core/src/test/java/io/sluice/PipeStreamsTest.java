package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.io.PipeStreams;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The ends of a pipe as streams. */
@Timeout(120)
class PipeStreamsTest {
    private static final int CAPACITY = 8192;

    @TempDir Path directory;
    private Pipe pipe;
    private PipeSender sender;
    private PipeReceiver receiver;
    private InputStream in;
    private OutputStream out;

    @BeforeEach
    void open() throws Exception {
        pipe = Pipe.create(directory.resolve("pipe"), PipeSpec.bounded(CAPACITY).senders(1));
        sender = pipe.sender(new YieldingIdleStrategy());
        receiver = pipe.receiver(new YieldingIdleStrategy());
        in = PipeStreams.input(receiver);
        out = PipeStreams.output(sender);
    }

    @AfterEach
    void close() throws IOException {
        out.close();
        in.close();
    }

    @Test
    void bytesComeBackWhateverTheirPieces() throws Exception {
        out.write(new byte[] {1, 2, 3});
        out.write(4);
        out.write(new byte[] {9, -1, 6, 9}, 1, 2);
        out.write(new byte[5], 3, 0);
        out.flush();
        assertEquals(1, in.read());
        assertEquals(2, in.available());
        byte[] some = new byte[10];
        assertEquals(0, in.read(some, 3, 0));
        assertEquals(4, in.read(some, 2, 4));
        assertArrayEquals(new byte[] {0, 0, 2, 3, 4, -1, 0, 0, 0, 0}, some);
        assertEquals(6, in.read());
    }

    @Test
    void aReadReturnsWhatIsThere() throws Exception {
        for (int i = 0; i < 5; i++) {
            out.write(new byte[10]);
        }
        assertEquals(50, in.read(new byte[100]));
    }

    @Test
    void emptyMessagesAreNoBytes() throws Exception {
        sender.send(new byte[0]);
        assertEquals(0, in.available());
        sender.send(new byte[0]);
        sender.send(new byte[] {1});
        sender.send(new byte[0]);
        sender.send(new byte[] {2});
        byte[] two = new byte[2];
        assertEquals(2, in.readNBytes(two, 0, 2));
        assertArrayEquals(new byte[] {1, 2}, two);
        sender.send(new byte[0]);
        out.close();
        assertEquals(-1, in.read());
    }

    @Test
    void whatIsThereIsAvailable() throws Exception {
        assertEquals(0, in.available());
        out.write(new byte[7]);
        assertEquals(7, in.available());
        assertEquals(7, in.available());
        assertEquals(5, in.skip(5));
        assertEquals(2, in.available());
        in.readNBytes(2);
        assertEquals(0, in.available());
        out.close();
        assertEquals(0, in.available());
    }

    @Test
    void theEndIsSeenAgainAndAgainUntilALaterSenderComes() throws Exception {
        out.write(new byte[] {1, 2});
        out.close();
        out.close();
        assertEquals(1, in.read());
        assertEquals(2, in.read());
        assertEquals(-1, in.read());
        assertEquals(-1, in.read(new byte[3]));
        assertEquals(0, in.read(new byte[3], 0, 0));
        try (OutputStream later = PipeStreams.output(pipe.sender())) {
            later.write(3);
            assertEquals(3, in.read());
        }
        assertEquals(-1, in.read());
    }

    @Test
    void whenTheReaderHasLeftThePipeIsBroken() throws Exception {
        in.close();
        in.close();
        for (int i = 0; i < 2; i++) {
            IOException failure = assertThrows(IOException.class, () -> out.write(1));
            assertEquals("Broken pipe", failure.getMessage());
        }
        out.flush();
    }

    @Test
    void afterItsOwnCloseAStreamIsClosed() throws Exception {
        out.write(new byte[10]);
        assertEquals(0, in.read());
        out.close();
        in.close();
        for (IOException failure :
                List.of(
                        assertThrows(IOException.class, () -> out.write(1)),
                        assertThrows(IOException.class, () -> in.read()),
                        assertThrows(IOException.class, () -> in.read(new byte[1])),
                        assertThrows(IOException.class, () -> in.available()))) {
            assertEquals("Stream closed", failure.getMessage());
        }
    }

    @Test
    void anEndThatWasClosedBeneathIsAnIoException() {
        sender.close();
        receiver.close();
        assertThrows(IOException.class, () -> out.write(1));
        assertThrows(IOException.class, () -> in.read());
        assertThrows(IOException.class, () -> in.available());
    }

    @Test
    void whatCameBeforeACorruptedMessageIsRead() throws Exception {
        byte[] mark = "a mark !".getBytes(StandardCharsets.US_ASCII);
        out.write(mark);
        overwriteBehind(mark);
        assertEquals(8, in.read(new byte[100]));
        for (int i = 0; i < 2; i++) {
            IOException failure = assertThrows(IOException.class, () -> in.read(new byte[100]));
            assertEquals(ChannelCorruptedException.class, failure.getCause().getClass());
            assertThrows(IOException.class, () -> in.available());
        }
    }

    /** A read that failed releases its array: what arrives later is for the next read. */
    @Test
    void aReadThatFailsForgetsItsArray() throws Exception {
        byte[] old = new byte[16];
        Thread.currentThread().interrupt();
        assertThrows(InterruptedIOException.class, () -> in.read(old));
        assertTrue(Thread.interrupted());
        out.write("hello".getBytes(StandardCharsets.US_ASCII));
        assertEquals(5, in.available());
        assertEquals("hello", new String(in.readNBytes(5), StandardCharsets.US_ASCII));

        Thread.currentThread().interrupt();
        assertThrows(InterruptedIOException.class, () -> in.read());
        assertTrue(Thread.interrupted());
        out.write("again".getBytes(StandardCharsets.US_ASCII));
        assertEquals(5, in.available());
        assertEquals("again", new String(in.readNBytes(5), StandardCharsets.US_ASCII));
        assertArrayEquals(new byte[16], old);
    }

    /** Writes a word that no sender writes behind the message of these bytes. */
    private void overwriteBehind(byte[] mark) throws IOException {
        List<Path> lanes;
        try (Stream<Path> files = Files.list(pipe.path())) {
            lanes = files.filter(f -> f.getFileName().toString().startsWith("lane-")).toList();
        }
        for (Path file : lanes) {
            String content = Files.readString(file, StandardCharsets.ISO_8859_1);
            int at = content.indexOf(new String(mark, StandardCharsets.ISO_8859_1));
            if (at >= 0) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    ByteBuffer word = ByteBuffer.allocate(8).putLong(-1).flip();
                    assertEquals(8, channel.write(word, at + mark.length));
                }
                return;
            }
        }
        throw new AssertionError("no lane holds the message");
    }

    @Test
    void rangesAreChecked() {
        byte[] bytes = new byte[4];
        assertThrows(IndexOutOfBoundsException.class, () -> in.read(bytes, 1, 4));
        assertThrows(IndexOutOfBoundsException.class, () -> out.write(bytes, -1, 2));
        assertThrows(NullPointerException.class, () -> in.read(null, 0, 1));
        assertThrows(NullPointerException.class, () -> out.write(null, 0, 1));
    }

    @Test
    void aLongWriteIsSplit() throws Exception {
        TestThreads testThreads = new TestThreads(sender);
        testThreads.start(() -> out.write(new byte[3 * CAPACITY]));
        int longest = 0;
        for (int count = 0; count < 3 * CAPACITY; ) {
            byte[] message = receiver.receive();
            longest = Math.max(longest, message.length);
            count += message.length;
        }
        testThreads.join();
        assertNull(receiver.tryReceive());
        assertTrue(longest <= CAPACITY / 4, () -> "not split");
        assertTrue(longest > CAPACITY / 8);
    }

    @Test
    void anInterruptEndsAWaitAndLosesNothing() throws Exception {
        Thread.currentThread().interrupt();
        InterruptedIOException read = assertThrows(InterruptedIOException.class, () -> in.read());
        assertEquals(0, read.bytesTransferred);
        assertTrue(Thread.currentThread().isInterrupted());
        InterruptedIOException written =
                assertThrows(InterruptedIOException.class, () -> out.write(new byte[3 * CAPACITY]));
        assertTrue(Thread.interrupted());
        out.close();
        assertEquals(written.bytesTransferred, in.readAllBytes().length);
        assertTrue(written.bytesTransferred > 0);
    }

    @Test
    void dataAndObjectsAndLinesGoThrough() throws Exception {
        TestThreads testThreads = new TestThreads(sender);
        Map<String, List<Integer>> object = Map.of("a", List.of(1, 2), "b", List.of());
        String text = "gr\u00fc\u00df \ud83d\ude00 ".repeat(2000);
        testThreads.start(
                () -> {
                    DataOutputStream data = new DataOutputStream(out);
                    data.writeLong(Long.MIN_VALUE);
                    data.writeUTF(text.substring(0, 3000));
                    ObjectOutputStream objects = new ObjectOutputStream(out);
                    objects.writeObject(object);
                    objects.flush();
                    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
                    print.println("first");
                    print.println(text);
                    out.close();
                });
        DataInputStream data = new DataInputStream(in);
        assertEquals(Long.MIN_VALUE, data.readLong());
        assertEquals(text.substring(0, 3000), data.readUTF());
        assertEquals(object, new ObjectInputStream(in).readObject());
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        assertEquals("first", reader.readLine());
        assertEquals(text, reader.readLine());
        assertNull(reader.readLine());
        testThreads.join();
    }

    @Test
    void compressedDataGoesThrough() throws Exception {
        byte[] content = new byte[300_000];
        new Random(3).nextBytes(content);
        TestThreads testThreads = new TestThreads(sender);
        testThreads.start(
                () -> {
                    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
                        zip.write(content);
                    }
                });
        try (GZIPInputStream zip = new GZIPInputStream(in)) {
            assertArrayEquals(content, zip.readAllBytes());
        }
        testThreads.join();
    }

    @Test
    void tenMegabytesInPiecesOfAnySizeArriveWhole() throws Exception {
        int total = 10 << 20;
        MessageDigest sent = MessageDigest.getInstance("SHA-256");
        MessageDigest read = MessageDigest.getInstance("SHA-256");
        TestThreads testThreads = new TestThreads(receiver);
        testThreads.start(
                () -> {
                    Random random = new Random(1);
                    byte[] piece = new byte[2 * CAPACITY];
                    for (int left = total; left > 0; ) {
                        random.nextBytes(piece);
                        int bound = random.nextInt(4) == 0 ? 20 : piece.length;
                        int length = Math.min(left, 1 + random.nextInt(bound));
                        int offset = random.nextInt(piece.length - length + 1);
                        if (length == 1) {
                            out.write(piece[offset]);
                        } else {
                            out.write(piece, offset, length);
                        }
                        sent.update(piece, offset, length);
                        left -= length;
                    }
                    out.close();
                });
        testThreads.start(
                () -> {
                    Random random = new Random(2);
                    byte[] piece = new byte[2 * CAPACITY];
                    int count = 0;
                    while (true) {
                        int bound = random.nextInt(4) == 0 ? 20 : piece.length;
                        int length = 1 + random.nextInt(bound);
                        int offset = random.nextInt(piece.length - length + 1);
                        int n;
                        if (length == 1) {
                            int value = in.read();
                            piece[offset] = (byte) value;
                            n = value < 0 ? -1 : 1;
                        } else {
                            n = in.read(piece, offset, length);
                        }
                        if (n < 0) {
                            break;
                        }
                        assertTrue(n > 0 && n <= length);
                        read.update(piece, offset, n);
                        count += n;
                    }
                    assertEquals(total, count);
                });
        testThreads.join();
        assertArrayEquals(sent.digest(), read.digest());
        assertFalse(Thread.interrupted());
    }
}
