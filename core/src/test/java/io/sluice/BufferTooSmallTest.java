package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A message that is longer than the receiving buffer stays in the pipe. */
@Timeout(60)
class BufferTooSmallTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private static byte[] message(int length) {
        byte[] message = new byte[length];
        for (int i = 0; i < length; i++) {
            message[i] = (byte) (length + i);
        }
        return message;
    }

    private static byte[] content(ByteBuffer target) {
        byte[] content = new byte[target.flip().remaining()];
        target.get(content);
        return content;
    }

    private static void refused(int needed, int available, Executable call) {
        BufferTooSmallException e = assertThrows(BufferTooSmallException.class, call);
        assertEquals(needed, e.needed());
        assertEquals(available, e.available());
        assertTrue(e.getMessage().contains(needed + " bytes"), e::getMessage);
        assertTrue(e.getMessage().contains("room for " + available), e::getMessage);
    }

    @ParameterizedTest
    @EnumSource
    void itStaysAndIsReceivedWithMoreRoom(ReentrantHandlerTest.PipeKind pipeKind) throws Exception {
        Pipe pipe = Pipe.anonymous(pipeKind.spec);
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            TestThreads testThreads = new TestThreads(receiver);
            testThreads.start(
                    () -> {
                        for (int length : new int[] {100, 1, 0, 30}) {
                            sender.send(message(length));
                        }
                    });
            ByteBuffer small = ByteBuffer.allocate(12).position(2);
            refused(100, 10, () -> receiver.receive(small));
            refused(100, 10, () -> receiver.tryReceive(small));
            refused(100, 10, () -> receiver.receive(small, LONG));
            refused(100, 0, () -> receiver.tryReceive(ByteBuffer.allocate(0)));
            refused(100, 99, () -> receiver.tryReceive(ByteBuffer.allocateDirect(99)));
            assertEquals(2, small.position());
            assertEquals(12, small.limit());
            assertTrue(pipe.statistics().messages() > 0);
            ByteBuffer exact = ByteBuffer.allocate(100);
            assertEquals(100, receiver.tryReceive(exact));
            assertArrayEquals(message(100), content(exact));
            assertEquals(1, receiver.receive(small));
            assertEquals(0, receiver.receive(ByteBuffer.allocate(0), LONG));
            refused(30, 9, () -> receiver.receive(small));
            receiver.poll(
                    (memory, offset, length) -> assertEquals(0, receiver.deliveryAttempt()), 1);
            testThreads.join();
            assertEquals(-1, receiver.tryReceive(small));
        }
    }

    /** Even if another lane has a message by then and would be next. */
    @Test
    void theNextCallFindsTheSameMessage() throws Exception {
        for (Order order : Order.values()) {
            Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(3).order(order));
            try (PipeSender first = pipe.sender();
                    PipeSender second = pipe.sender();
                    PipeReceiver receiver = pipe.receiver()) {
                second.send(message(100));
                refused(100, 10, () -> receiver.tryReceive(ByteBuffer.allocate(10)));
                first.send(message(5));
                assertArrayEquals(message(100), receiver.tryReceive());
                assertArrayEquals(message(5), receiver.tryReceive());
            }
        }
    }

    /** With shared receivers any receiver may get the message, as a first delivery attempt. */
    @Test
    void anotherReceiverMayReceiveIt() throws Exception {
        for (PipeSpec spec :
                List.of(
                        PipeSpec.bounded(4096).senders(1),
                        PipeSpec.bounded(4096).senders(3),
                        PipeSpec.unbounded(1 << 20).senders(1))) {
            Pipe pipe = Pipe.anonymous(spec.receivers(2));
            try (PipeSender sender = pipe.sender();
                    PipeReceiver one = pipe.receiver();
                    PipeReceiver other = pipe.receiver()) {
                sender.send(message(100));
                sender.send(message(7));
                ByteBuffer small = ByteBuffer.allocate(10);
                refused(100, 10, () -> one.tryReceive(small));
                other.poll(
                        (memory, offset, length) -> {
                            assertEquals(100, length);
                            assertEquals(0, other.deliveryAttempt());
                        },
                        1);
                assertEquals(7, one.tryReceive(small));
            }
        }
    }

    /** A receiver whose buffer is too small leaves the rendezvous offer to another one. */
    @Test
    void theOfferOfARendezvousStands() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.rendezvous(4096).senders(1).receivers(2));
        try (PipeSender sender = pipe.sender();
                PipeReceiver one = pipe.receiver();
                PipeReceiver other = pipe.receiver()) {
            TestThreads testThreads = new TestThreads(sender);
            Thread sending = testThreads.start(() -> sender.send(message(100)));
            refused(100, 10, () -> one.receive(ByteBuffer.allocate(10)));
            assertTrue(sending.isAlive());
            assertArrayEquals(message(100), other.receive(LONG));
            testThreads.join();
        }
    }

    @Test
    void aBufferThatCannotBeWrittenIsRefusedBeforeAMessageIsLost() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver();
                Arena arena = Arena.ofConfined()) {
            ByteBuffer gone;
            try (Arena closed = Arena.ofConfined()) {
                gone = closed.allocate(8).asByteBuffer();
            }
            ByteBuffer anothers = arena.allocate(8).asByteBuffer();
            sender.send(message(8));
            assertThrows(IllegalStateException.class, () -> receiver.tryReceive(gone));
            assertThrows(IllegalStateException.class, () -> receiver.receive(gone, LONG));
            TestThreads testThreads = new TestThreads(receiver);
            testThreads.start(
                    () ->
                            assertThrows(
                                    WrongThreadException.class, () -> receiver.receive(anothers)));
            testThreads.join();
            assertEquals(8, receiver.tryReceive(anothers));
        }
    }
}
