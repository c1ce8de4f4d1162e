package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.agrona.DirectBufferHandler;
import io.sluice.agrona.DirectBufferReceiver;
import io.sluice.agrona.PipeRingBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.ControlledMessageHandler.Action;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A handler that calls its own receiver gets an exception, without side effects. */
@Timeout(60)
class ReentrantHandlerTest {
    private static final int MESSAGES = 6;
    private static final Duration LONG = Duration.ofSeconds(30);

    /** Every kind of pipe. */
    enum PipeKind {
        BOUNDED(PipeSpec.bounded(4096).senders(1)),
        RETAINED(PipeSpec.bounded(4096).senders(1).retainWithoutReceivers(true)),
        MANY_SENDERS(PipeSpec.bounded(4096).senders(Ends.MANY)),
        ARRIVAL(PipeSpec.bounded(4096).senders(Ends.MANY).order(Order.ARRIVAL)),
        MANY_RECEIVERS(PipeSpec.bounded(4096).senders(1).receivers(Ends.MANY)),
        UNBOUNDED(PipeSpec.unbounded(1 << 20).senders(1)),
        UNBOUNDED_MANY_RECEIVERS(PipeSpec.unbounded(1 << 20).senders(1).receivers(Ends.MANY)),
        DROPS_OLDEST(PipeSpec.unbounded(1 << 20).senders(1).overflow(OverflowPolicy.DROP_OLDEST)),
        RENDEZVOUS(PipeSpec.rendezvous(4096).senders(1)),
        RENDEZVOUS_MANY(PipeSpec.rendezvous(4096).senders(Ends.MANY).receivers(Ends.MANY));

        final PipeSpec spec;

        PipeKind(PipeSpec spec) {
            this.spec = spec;
        }
    }

    private static int number(MemorySegment memory, long offset) {
        return memory.get(ValueLayout.JAVA_BYTE, offset);
    }

    private static List<Executable> uses(PipeReceiver receiver) {
        return List.of(
                () -> receiver.poll((m, o, l) -> {}, 1),
                () -> receiver.poll((m, o, l) -> {}, 0),
                () -> receiver.receive((m, o, l) -> {}, 1),
                () -> receiver.receive((m, o, l) -> {}, 1, Duration.ZERO),
                receiver::tryReceive,
                receiver::receive,
                () -> receiver.receive(LONG),
                () -> receiver.tryReceive(ByteBuffer.allocate(8)),
                () -> receiver.receive(ByteBuffer.allocate(8)),
                () -> receiver.receive(ByteBuffer.allocate(8), LONG),
                receiver::close);
    }

    private static void refused(Executable use) {
        String message = assertThrows(IllegalStateException.class, use).getMessage();
        assertTrue(message.contains("handler"), message);
    }

    @ParameterizedTest
    @EnumSource
    void isRefusedAndNothingIsLostOrDoubled(PipeKind pipeKind) throws Exception {
        Pipe pipe = Pipe.anonymous(pipeKind.spec);
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            TestThreads testThreads = new TestThreads(receiver);
            testThreads.start(
                    () -> {
                        for (byte i = 0; i < MESSAGES; i++) {
                            sender.send(new byte[] {i});
                        }
                    });
            List<Integer> received = new ArrayList<>();
            while (received.size() < MESSAGES) {
                receiver.receive(
                        (memory, offset, length) -> {
                            int number = number(memory, offset);
                            for (Executable use : uses(receiver)) {
                                refused(use);
                            }
                            assertEquals(number, number(memory, offset), "the memory is the same");
                            assertEquals(0, receiver.deliveryAttempt());
                            assertFalse(receiver.isEndOfStream());
                            received.add(number);
                        },
                        MESSAGES,
                        LONG);
            }
            testThreads.join();
            assertEquals(List.of(0, 1, 2, 3, 4, 5), received);
            assertNull(receiver.tryReceive());
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatAHandlerThrowsEndsTheCallAndTheReceiverGoesOn(PipeKind pipeKind) throws Exception {
        Pipe pipe = Pipe.anonymous(pipeKind.spec);
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            TestThreads testThreads = new TestThreads(receiver);
            testThreads.start(
                    () -> {
                        for (byte i = 0; i < 3; i++) {
                            sender.send(new byte[] {i});
                        }
                    });
            for (Throwable thrown : List.of(new Error("one"), new IllegalStateException("two"))) {
                MessageHandler handler =
                        (memory, offset, length) -> ReentrantHandlerTest.<Error>raise(thrown);
                assertEquals(
                        thrown,
                        assertThrows(thrown.getClass(), () -> receiver.receive(handler, 3, LONG)));
            }
            assertArrayEquals(new byte[] {2}, receiver.receive(LONG));
            testThreads.join();
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void raise(Throwable thrown) throws T {
        throw (T) thrown;
    }

    /** Otherwise the messages that it has handled would be delivered again. */
    @Test
    void aRetainedPipeIsUnchangedWhenItsHandlerTriesToClose() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeKind.RETAINED.spec);
        try (PipeSender sender = pipe.sender()) {
            for (byte i = 0; i < 3; i++) {
                sender.send(new byte[] {i});
            }
            try (PipeReceiver receiver = pipe.receiver()) {
                receiver.poll((memory, offset, length) -> refused(receiver::close), 2);
            }
            try (PipeReceiver receiver = pipe.receiver()) {
                assertArrayEquals(new byte[] {2}, receiver.tryReceive());
                assertNull(receiver.tryReceive());
            }
        }
    }

    @Test
    void anotherReceiverMayBeUsed() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1).receivers(2));
        try (PipeSender sender = pipe.sender();
                PipeReceiver one = pipe.receiver();
                PipeReceiver other = pipe.receiver()) {
            sender.send(new byte[] {0});
            sender.send(new byte[] {1});
            one.poll(
                    (memory, offset, length) ->
                            assertArrayEquals(new byte[] {1}, other.tryReceive()),
                    1);
        }
    }

    @Test
    void aCodecIsRefusedToo() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
        List<Receiver<String>> ends = new ArrayList<>();
        Codec<String> codec =
                new Codec<>() {
                    @Override
                    public int length(String message) {
                        return Codec.utf8().length(message);
                    }

                    @Override
                    public int encode(String message, MemorySegment memory, long offset) {
                        return Codec.utf8().encode(message, memory, offset);
                    }

                    @Override
                    public String decode(MemorySegment memory, long offset, int length) {
                        refused(ends.get(0)::tryReceive);
                        refused(ends.get(0)::receive);
                        refused(() -> ends.get(0).receive(LONG));
                        refused(() -> ends.get(0).poll(m -> {}, 1));
                        refused(ends.get(0)::close);
                        return Codec.utf8().decode(memory, offset, length);
                    }
                };
        try (Sender<String> sender = codec.sender(pipe.sender());
                Receiver<String> receiver = codec.receiver(pipe.receiver())) {
            ends.add(receiver);
            sender.send("one");
            sender.send("two");
            assertEquals("one", receiver.tryReceive());
            assertFalse(receiver.isEndOfStream());
            assertEquals("two", receiver.receive());
        }
    }

    private interface Opener {
        Receiver<Integer> receiver(List<Integer> messages) throws Exception;
    }

    /** The rule of pipes holds for receivers of objects, too. */
    @Test
    void theHandlerOfAReceiverOfObjectsMustNotReceiveNorClose() throws Exception {
        List<Opener> openers =
                List.of(
                        messages -> mailbox(MailboxSpec.bounded(8).receivers(Ends.MANY), messages),
                        messages -> mailbox(MailboxSpec.unbounded().receivers(Ends.MANY), messages),
                        messages -> {
                            Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
                            Codec<Integer> codec = new IntCodec();
                            Sender<Integer> sender = codec.sender(pipe.sender());
                            messages.forEach(sender::trySend);
                            return codec.receiver(pipe.receiver());
                        });
        for (Opener opener : openers) {
            Receiver<Integer> receiver = opener.receiver(List.of(0, 1, 2, 3, 4));
            List<Integer> received = new ArrayList<>();
            Consumer<Integer> handler =
                    message -> {
                        received.add(message);
                        refused(receiver::tryReceive);
                        refused(receiver::receive);
                        refused(() -> receiver.receive(LONG));
                        refused(() -> receiver.poll(m -> {}, 1));
                        refused(receiver::close);
                        assertFalse(receiver.isEndOfStream());
                    };
            assertEquals(0, receiver.poll(handler, 0));
            assertEquals(1, receiver.poll(handler, 1));
            assertThrows(
                    ArithmeticException.class,
                    () ->
                            receiver.poll(
                                    message -> {
                                        throw new ArithmeticException();
                                    },
                                    1));
            assertEquals(2, receiver.poll(handler, 2));
            assertEquals(List.of(0, 2, 3), received);
            assertEquals(4, receiver.tryReceive());
            receiver.close();
            assertThrows(IllegalStateException.class, receiver::tryReceive);
        }
    }

    private static final class IntCodec implements Codec<Integer> {
        @Override
        public int length(Integer message) {
            return Integer.BYTES;
        }

        @Override
        public int encode(Integer message, MemorySegment memory, long offset) {
            memory.set(ValueLayout.JAVA_INT, offset, message);
            return Integer.BYTES;
        }

        @Override
        public Integer decode(MemorySegment memory, long offset, int length) {
            return memory.get(ValueLayout.JAVA_INT, offset);
        }
    }

    private static Receiver<Integer> mailbox(MailboxSpec spec, List<Integer> messages) {
        Mailbox<Integer> mailbox = Mailbox.create(spec);
        Sender<Integer> sender = mailbox.sender();
        messages.forEach(sender::trySend);
        return mailbox.receiver();
    }

    @Test
    void theOuterHandlerOfBuffersGoesOn() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
        try (PipeSender sender = pipe.sender();
                DirectBufferReceiver receiver = new DirectBufferReceiver(pipe.receiver())) {
            for (byte i = 0; i < MESSAGES; i++) {
                sender.send(new byte[] {i});
            }
            List<Integer> received = new ArrayList<>();
            DirectBufferHandler wrong = (buffer, offset, length) -> received.add(-1);
            int count =
                    receiver.poll(
                            (buffer, offset, length) -> {
                                received.add((int) buffer.getByte(offset));
                                refused(() -> receiver.poll(wrong, 1));
                                refused(() -> receiver.receive(wrong, 1));
                                refused(() -> receiver.receive(wrong, 1, LONG));
                                refused(receiver::close);
                            },
                            MESSAGES);
            assertEquals(MESSAGES, count);
            assertEquals(List.of(0, 1, 2, 3, 4, 5), received);
        }
    }

    @Test
    void theOuterHandlerOfARingGoesOn() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
        try (PipeRingBuffer ring = new PipeRingBuffer(pipe.sender(), pipe.receiver())) {
            List<Integer> received = new ArrayList<>();
            Executable[] wrong = {
                () -> ring.read((type, buffer, index, length) -> received.add(-1)),
                () ->
                        ring.controlledRead(
                                (type, buffer, index, length) -> {
                                    received.add(-1);
                                    return Action.ABORT;
                                }),
                ring::close
            };
            write(ring, 0, 3);
            ring.read(
                    (type, buffer, index, length) -> {
                        received.add(buffer.getInt(index));
                        for (Executable use : wrong) {
                            refused(use);
                        }
                    });
            assertEquals(List.of(0, 1, 2), received);
            for (boolean controlled : new boolean[] {false, true}) {
                received.clear();
                write(ring, 3, 6);
                assertEquals(0, ring.controlledRead((t, b, i, l) -> Action.ABORT));
                if (controlled) {
                    ring.controlledRead(
                            (type, buffer, index, length) -> {
                                received.add(buffer.getInt(index));
                                for (Executable use : wrong) {
                                    refused(use);
                                }
                                return Action.CONTINUE;
                            });
                } else {
                    ring.read(
                            (type, buffer, index, length) -> {
                                received.add(buffer.getInt(index));
                                for (Executable use : wrong) {
                                    refused(use);
                                }
                            });
                }
                assertEquals(List.of(3, 4, 5), received);
            }
            assertTrue(ring.write(1, new UnsafeBuffer(new byte[4]), 0, 4), "still open");
        }
    }

    private static void write(PipeRingBuffer ring, int from, int to) {
        UnsafeBuffer message = new UnsafeBuffer(new byte[4]);
        for (int i = from; i < to; i++) {
            message.putInt(0, i);
            assertTrue(ring.write(1, message, 0, 4));
        }
    }
}
