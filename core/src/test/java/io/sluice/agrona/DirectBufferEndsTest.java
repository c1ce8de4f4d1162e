package io.sluice.agrona;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.BrokenChannelException;
import io.sluice.Pipe;
import io.sluice.PipeSpec;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ends that send and hand out buffers. */
@Timeout(60)
class DirectBufferEndsTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(5);
    private static final DirectBufferHandler IGNORE = (buffer, offset, length) -> {};

    @TempDir Path directory;
    private Pipe pipe;
    private DirectBufferSender sender;
    private DirectBufferReceiver receiver;
    private final List<String> received = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        pipe = Pipe.create(directory.resolve("pipe"), PipeSpec.bounded(4096).senders(1));
        sender = new DirectBufferSender(pipe.sender());
        receiver = new DirectBufferReceiver(pipe.receiver());
    }

    @AfterEach
    void close() {
        sender.close();
        receiver.close();
    }

    private void onMessage(DirectBuffer buffer, int offset, int length) {
        assertEquals(0, offset % 8);
        received.add(buffer.getStringWithoutLengthAscii(offset, length));
    }

    private void fill() {
        while (sender.trySend(new UnsafeBuffer(new byte[56]), 0, 56)) {}
    }

    @Test
    void rangesOfBuffersOfAnyKindAreSent() throws Exception {
        List<MutableDirectBuffer> sources =
                List.of(
                        new UnsafeBuffer(new byte[20], 7, 10),
                        new UnsafeBuffer(ByteBuffer.allocateDirect(20), 3, 10),
                        new ExpandableArrayBuffer(10),
                        new ExpandableDirectByteBuffer(10));
        for (MutableDirectBuffer source : sources) {
            source.putStringWithoutLengthAscii(0, "0123456789");
            assertTrue(sender.trySend(source, 2, 3));
            sender.send(source, 0, 0);
            assertTrue(sender.send(source, 5, 5, LONG));
            assertEquals(1, receiver.poll(this::onMessage, 1));
            assertEquals(1, receiver.receive(this::onMessage, 1));
            assertEquals(1, receiver.receive(this::onMessage, 1, LONG));
            assertEquals(List.of("234", "", "56789"), received);
            received.clear();
        }
    }

    @Test
    void anOutOfBoundsRangeIsRefusedAndTheEndStaysUsable() throws Exception {
        UnsafeBuffer source = new UnsafeBuffer(new byte[10]);
        assertThrows(IndexOutOfBoundsException.class, () -> sender.trySend(source, 5, 6));
        assertThrows(IndexOutOfBoundsException.class, () -> sender.send(source, -1, 6));
        assertThrows(IndexOutOfBoundsException.class, () -> sender.send(source, 0, -1, LONG));
        UnsafeBuffer tooLong = new UnsafeBuffer(new byte[4096]);
        assertThrows(IllegalArgumentException.class, () -> sender.trySend(tooLong, 0, 4096));
        assertTrue(sender.trySend(source, 0, 10));
        assertEquals(1, receiver.poll(IGNORE, 10));
    }

    @Test
    void aSourceThatFailsHasSentNothingAndLeavesTheEndUsable() {
        DirectBuffer failing =
                (DirectBuffer)
                        Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {DirectBuffer.class},
                                (proxy, method, arguments) -> {
                                    if (method.getName().equals("capacity")) {
                                        return 8;
                                    }
                                    throw new ArithmeticException();
                                });
        assertThrows(ArithmeticException.class, () -> sender.trySend(failing, 0, 8));
        assertThrows(ArithmeticException.class, () -> sender.send(failing, 0, 8));
        assertTrue(sender.trySend(new UnsafeBuffer(new byte[1]), 0, 1));
        assertEquals(1, receiver.poll(IGNORE, 10));
    }

    @Test
    void aClaimIsTheMessageAndNothingElse() throws Exception {
        MutableDirectBuffer claimed = sender.tryClaim(5);
        assertEquals(5, claimed.capacity());
        claimed.putStringWithoutLengthAscii(0, "hello");
        assertThrows(IndexOutOfBoundsException.class, () -> claimed.putByte(5, (byte) 0));
        assertThrows(IllegalStateException.class, () -> sender.tryClaim(1));
        assertEquals(0, receiver.poll(IGNORE, 1));
        sender.commit();
        assertEquals(0, claimed.capacity());
        assertThrows(IllegalStateException.class, sender::commit);
        assertThrows(IllegalStateException.class, sender::abort);
        sender.claim(3).putByte(0, (byte) 1);
        sender.abort();
        sender.claim(0, LONG);
        sender.commit();
        assertEquals(2, receiver.poll(this::onMessage, 10));
        assertEquals(List.of("hello", ""), received);
    }

    @Test
    void aFullPipeRefusesAndTimesOut() throws Exception {
        fill();
        UnsafeBuffer source = new UnsafeBuffer(new byte[56]);
        assertFalse(sender.trySend(source, 0, 56));
        assertFalse(sender.send(source, 0, 56, SHORT));
        assertNull(sender.tryClaim(56));
        assertNull(sender.claim(56, SHORT));
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> sender.claim(56));
        receiver.poll(IGNORE, 1);
        assertTrue(sender.trySend(source, 0, 56));
    }

    @Test
    void endOfStreamIsReported() throws Exception {
        sender.trySend(new UnsafeBuffer(new byte[1]), 0, 1);
        sender.tryClaim(8);
        sender.close();
        assertThrows(IllegalStateException.class, sender::commit);
        assertEquals(1, receiver.receive(IGNORE, 10));
        assertEquals(-1, receiver.receive(IGNORE, 10));
        assertEquals(-1, receiver.receive(IGNORE, 10, LONG));
        assertTrue(receiver.isEndOfStream());
    }

    @Test
    void afterTheReceiversCloseSendingIsBroken() {
        receiver.close();
        UnsafeBuffer source = new UnsafeBuffer(new byte[1]);
        assertThrows(BrokenChannelException.class, () -> sender.trySend(source, 0, 1));
        assertThrows(BrokenChannelException.class, () -> sender.send(source, 0, 1));
        assertThrows(BrokenChannelException.class, () -> sender.tryClaim(1));
    }

    @Test
    void aBufferMayBeKeptWhenThePipeIsGone() throws Exception {
        DirectBuffer[] kept = new DirectBuffer[1];
        int[] at = new int[1];
        sender.trySend(new UnsafeBuffer(new byte[] {1}), 0, 1);
        receiver.poll(
                (buffer, offset, length) -> {
                    kept[0] = buffer;
                    at[0] = offset;
                },
                1);
        sender.close();
        receiver.close();
        sender = new DirectBufferSender(pipe.sender());
        receiver = new DirectBufferReceiver(pipe.receiver());
        System.gc();
        kept[0].getByte(at[0]); // Any value: the memory is mapped.
    }
}
