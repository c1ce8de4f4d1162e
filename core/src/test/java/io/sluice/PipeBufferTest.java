package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Byte buffers at both ends of a pipe, and claims that wait. */
@Timeout(60)
class PipeBufferTest extends OnePipe {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(5);

    @Test
    void theSenderKnowsTheLongestMessage() {
        assertEquals(pipe.maxMessageLength(), sender.maxMessageLength());
    }

    /** Returns buffers of 1, 2, 3, 4, with 2 and 3 between position and limit. */
    private static List<ByteBuffer> twoOfFour() {
        byte[] four = {1, 2, 3, 4};
        ByteBuffer direct = ByteBuffer.allocateDirect(4).put(four);
        ByteBuffer slice = ByteBuffer.wrap(new byte[] {0, 1, 2, 3, 4}).slice(1, 4);
        List<ByteBuffer> all =
                List.of(
                        ByteBuffer.wrap(four),
                        ByteBuffer.wrap(four).asReadOnlyBuffer(),
                        slice,
                        direct,
                        direct.asReadOnlyBuffer());
        all.forEach(buffer -> buffer.limit(3).position(1));
        return all;
    }

    /** A direct buffer is copied by words, in whatever byte order it has. */
    @Test
    void aDirectBufferOfAnyLengthAndByteOrderArrivesAsItIs() {
        for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
            for (int length = 0; length <= 40; length++) {
                byte[] bytes = new byte[length];
                ByteBuffer direct = ByteBuffer.allocateDirect(48).order(order);
                for (int i = 0; i < length; i++) {
                    bytes[i] = (byte) (i + 1);
                    direct.put(3 + i, bytes[i]);
                }
                assertTrue(sender.trySend(direct.limit(3 + length).position(3)));
                assertArrayEquals(bytes, receiver.tryReceive());
            }
        }
    }

    @Test
    void whatIsBetweenPositionAndLimitIsTheMessage() throws Exception {
        for (ByteBuffer message : twoOfFour()) {
            assertTrue(sender.trySend(message));
            assertEquals(0, message.remaining());
            sender.send(message.position(1));
            assertEquals(3, message.position());
            assertTrue(sender.send(message.position(2), LONG));
            assertEquals(3, message.position());
            assertTrue(sender.trySend(message));
            assertArrayEquals(new byte[] {2, 3}, receiver.receive(), message::toString);
            assertArrayEquals(new byte[] {2, 3}, receiver.receive());
            assertArrayEquals(new byte[] {3}, receiver.receive());
            assertArrayEquals(new byte[0], receiver.receive());
        }
    }

    @Test
    void aBufferThatWasNotSentIsNotConsumed() throws Exception {
        fill();
        ByteBuffer message = ByteBuffer.allocate(56);
        message.position(1);
        assertFalse(sender.trySend(message));
        assertFalse(sender.send(message, SHORT));
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> sender.send(message));
        receiver.close();
        assertThrows(BrokenChannelException.class, () -> sender.trySend(message));
        assertThrows(BrokenChannelException.class, () -> sender.send(message));
        assertEquals(1, message.position());
    }

    @Test
    void aBufferThatCannotBeReadLeavesTheSenderUsable() throws Exception {
        ByteBuffer gone;
        try (Arena arena = Arena.ofConfined()) {
            gone = arena.allocate(8).asByteBuffer();
        }
        assertThrows(IllegalStateException.class, () -> sender.trySend(gone));
        assertTrue(sender.trySend(new byte[] {1}));
        assertArrayEquals(new byte[] {1}, receiver.receive());
    }

    @Test
    void aMessageIsPutAtThePosition() throws Exception {
        for (ByteBuffer target : List.of(ByteBuffer.allocate(8), ByteBuffer.allocateDirect(8))) {
            sender.send(new byte[] {1, 2});
            sender.send(new byte[] {3});
            sender.send(new byte[0]);
            sender.send(new byte[] {4});
            assertEquals(2, receiver.tryReceive(target));
            assertEquals(1, receiver.receive(target));
            assertEquals(0, receiver.tryReceive(target));
            assertEquals(1, receiver.receive(target, LONG));
            assertEquals(-1, receiver.tryReceive(target));
            assertEquals(-1, receiver.receive(target, SHORT));
            assertFalse(receiver.isEndOfStream());
            byte[] all = new byte[4];
            target.flip().get(all);
            assertArrayEquals(new byte[] {1, 2, 3, 4}, all);
            assertEquals(0, target.remaining());
        }
        sender.close();
        assertEquals(-1, receiver.receive(ByteBuffer.allocate(1)));
        assertTrue(receiver.isEndOfStream());
    }

    @Test
    void aReadOnlyBufferIsRefusedBeforeAMessageIsLost() throws Exception {
        sender.send(new byte[] {1});
        ByteBuffer target = ByteBuffer.allocate(1).asReadOnlyBuffer();
        assertThrows(ReadOnlyBufferException.class, () -> receiver.tryReceive(target));
        assertThrows(ReadOnlyBufferException.class, () -> receiver.receive(target));
        assertThrows(ReadOnlyBufferException.class, () -> receiver.receive(target, LONG));
        assertArrayEquals(new byte[] {1}, receiver.tryReceive());
    }

    @Test
    void aClaimWaitsForRoom() throws Exception {
        fill();
        assertNull(sender.claim(56, SHORT));
        assertNull(sender.claim(56, Duration.ZERO));
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> sender.claim(56));
        TestThreads testThreads = new TestThreads(sender);
        testThreads.start(() -> receiver.receive((memory, offset, length) -> {}, 1000, LONG));
        Claim claim = sender.claim(56);
        assertThrows(IllegalStateException.class, () -> sender.claim(8));
        claim.abort();
        assertSame(claim, sender.claim(8, LONG));
        testThreads.join();
    }

    @Test
    void aClaimSaysWhereItsMessageLies() {
        Claim claim = sender.tryClaim(16);
        MemorySegment base = claim.base();
        assertEquals(0, claim.offset() % 8);
        base.set(ValueLayout.JAVA_INT, claim.offset() + 12, 77);
        claim.commit();
        assertThrows(IllegalStateException.class, claim::base);
        assertThrows(IllegalStateException.class, claim::offset);
        assertEquals(
                77,
                ByteBuffer.wrap(receiver.tryReceive()).order(ByteOrder.nativeOrder()).getInt(12));
    }
}
