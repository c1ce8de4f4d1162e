package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.io.PipeStreams;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.InterruptibleChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The ends of a pipe as channels. */
@Timeout(120)
class PipeChannelsTest {
    private static final int CAPACITY = 8192;

    @TempDir Path directory;
    private Pipe pipe;
    private PipeSender sender;
    private PipeReceiver receiver;
    private ReadableByteChannel in;
    private WritableByteChannel out;

    @BeforeEach
    void open() throws Exception {
        pipe = Pipe.create(directory.resolve("pipe"), PipeSpec.bounded(CAPACITY).senders(1));
        sender = pipe.sender(new YieldingIdleStrategy());
        receiver = pipe.receiver(new YieldingIdleStrategy());
        in = PipeStreams.readable(receiver);
        out = PipeStreams.writable(sender);
    }

    @AfterEach
    void close() throws IOException {
        out.close();
        in.close();
    }

    /** Starts an operation on a thread, and records what it throws. */
    private static TestThreads start(
            Object subject, TestThreads.Work work, AtomicReference<Throwable> thrown) {
        TestThreads testThreads = new TestThreads(subject);
        testThreads.start(
                () -> {
                    try {
                        work.run();
                    } catch (Throwable t) {
                        thrown.set(t);
                    }
                });
        return testThreads;
    }

    private void fill() {
        while (sender.trySend(new byte[8])) {}
    }

    @Test
    void bytesComeBackWhateverTheirPieces() throws Exception {
        ByteBuffer four = ByteBuffer.wrap(new byte[] {0, 1, 2, 3, 4, 5}).limit(5).position(1);
        assertEquals(4, out.write(four));
        assertEquals(5, four.position());
        assertEquals(5, four.limit());
        assertEquals(0, out.write(four));
        ByteBuffer three = ByteBuffer.allocateDirect(5).limit(4).position(1);
        assertEquals(3, in.read(three));
        assertEquals(4, three.position());
        assertEquals(0, in.read(three));
        assertEquals(1, in.read(three.clear()));
        assertEquals(4, three.get(0));
        out.close();
        assertEquals(-1, in.read(three));
        assertEquals(-1, in.read(three));
        assertTrue(in.isOpen());
        assertFalse(out.isOpen());
    }

    @Test
    void aReadOnlyBufferIsRefused() {
        ByteBuffer buffer = ByteBuffer.allocate(1).asReadOnlyBuffer();
        assertThrows(IllegalArgumentException.class, () -> in.read(buffer));
    }

    @Test
    void aClosedChannelIsClosed() throws Exception {
        in.close();
        in.close();
        IOException broken =
                assertThrows(IOException.class, () -> out.write(ByteBuffer.allocate(1)));
        assertEquals("Broken pipe", broken.getMessage());
        out.close();
        assertThrows(ClosedChannelException.class, () -> in.read(ByteBuffer.allocate(1)));
        assertThrows(ClosedChannelException.class, () -> in.read(ByteBuffer.allocate(0)));
        assertThrows(ClosedChannelException.class, () -> out.write(ByteBuffer.allocate(1)));
    }

    @Test
    void anInterruptClosesTheChannelEvenIfItNeedNotWait() throws Exception {
        assertTrue(in instanceof InterruptibleChannel && out instanceof InterruptibleChannel);
        out.write(ByteBuffer.allocate(1));
        Thread.currentThread().interrupt();
        assertThrows(ClosedByInterruptException.class, () -> in.read(ByteBuffer.allocate(1)));
        assertTrue(Thread.interrupted());
        assertFalse(in.isOpen());
        assertThrows(BrokenChannelException.class, () -> sender.trySend(new byte[1]));
        Thread.currentThread().interrupt();
        assertThrows(ClosedByInterruptException.class, () -> out.write(ByteBuffer.allocate(1)));
        assertTrue(Thread.interrupted());
        assertFalse(out.isOpen());
        assertThrows(IllegalStateException.class, () -> sender.trySend(new byte[1]));
    }

    @Test
    void anInterruptEndsAReadThatWaits() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        boolean[] interrupted = new boolean[1];
        TestThreads testThreads = new TestThreads(in);
        Thread reader =
                testThreads.start(
                        () -> {
                            try {
                                in.read(ByteBuffer.allocate(1));
                            } catch (Throwable t) {
                                thrown.set(t);
                                interrupted[0] = Thread.interrupted();
                            }
                        });
        reader.interrupt();
        testThreads.join();
        assertEquals(ClosedByInterruptException.class, thrown.get().getClass());
        assertTrue(interrupted[0]);
        assertFalse(in.isOpen());
    }

    @Test
    void aReadThatWaitsIsEndedByAClose() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        ByteBuffer buffer = ByteBuffer.allocate(10);
        TestThreads testThreads =
                start(
                        in,
                        () -> {
                            in.read(buffer);
                            in.read(buffer);
                        },
                        thrown);
        sender.send(new byte[1]);
        testThreads.spinUntil(() -> buffer.position() == 1);
        in.close();
        testThreads.join();
        assertTrue(thrown.get() instanceof ClosedChannelException, () -> "" + thrown.get());
        assertThrows(BrokenChannelException.class, () -> sender.trySend(new byte[1]));
    }

    @Test
    void aWriteThatWaitsIsEndedByAClose() throws Exception {
        fill();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        ByteBuffer buffer = ByteBuffer.allocate(4 * CAPACITY); // More than the pipe has room for.
        TestThreads testThreads = start(out, () -> out.write(buffer), thrown);
        int[] bytes = new int[1];
        MessageHandler count = (memory, offset, length) -> bytes[0] += length;
        testThreads.spinUntil(
                () -> {
                    receiver.poll(count, 1); // May already be a part of the buffer.
                    return buffer.position() > 0;
                });
        out.close();
        testThreads.join();
        assertEquals(AsynchronousCloseException.class, thrown.get().getClass());
        assertEquals(4 * CAPACITY, buffer.limit());
        int sent = buffer.position();
        while (receiver.receive(count, 100) > 0) {}
        assertTrue(receiver.isEndOfStream());
        assertEquals(sent + 8 * ((CAPACITY / 16) - 1), bytes[0]);
    }

    @Test
    void readersAndWritersGoThrough() throws Exception {
        String text = "gr\u00fc\u00df \ud83d\ude00 ".repeat(5000);
        TestThreads testThreads = new TestThreads(sender);
        testThreads.start(
                () -> {
                    try (Writer writer = Channels.newWriter(out, StandardCharsets.UTF_8)) {
                        writer.write("first\n");
                        writer.write(text);
                    }
                });
        try (BufferedReader reader =
                new BufferedReader(Channels.newReader(in, StandardCharsets.UTF_8))) {
            assertEquals("first", reader.readLine());
            assertEquals(text, reader.readLine());
            assertEquals(-1, reader.read());
        }
        testThreads.join();
    }

    @Test
    void bothKindsOfBuffersCarryALotOfBytesWhole() throws Exception {
        byte[] content = new byte[2 << 20];
        new Random(5).nextBytes(content);
        TestThreads testThreads = new TestThreads(receiver);
        testThreads.start(
                () -> {
                    Random random = new Random(6);
                    ByteBuffer source = ByteBuffer.wrap(content);
                    while (source.hasRemaining()) {
                        int piece = Math.min(source.remaining(), 1 + random.nextInt(20_000));
                        ByteBuffer slice = source.slice(source.position(), piece);
                        assertEquals(piece, out.write(slice));
                        source.position(source.position() + piece);
                    }
                    out.close();
                });
        Random random = new Random(7);
        ByteBuffer target = ByteBuffer.allocateDirect(content.length + 1);
        int n;
        do {
            target.limit(Math.min(target.capacity(), target.position() + 1 + random.nextInt(9000)));
            n = in.read(target);
        } while (n > 0);
        assertEquals(-1, n);
        testThreads.join();
        byte[] found = new byte[content.length];
        assertEquals(content.length, target.position());
        target.flip().get(found);
        assertArrayEquals(content, found);
    }
}
