package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.agrona.DirectBufferReceiver;
import io.sluice.agrona.DirectBufferSender;
import io.sluice.agrona.PipeRingBuffer;
import io.sluice.io.PipeStreams;
import io.sluice.queue.MailboxBlockingQueue;
import io.sluice.queue.MailboxMessageQueue;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A null argument is refused while a message is available, before anything is received, sent or
 * claimed.
 */
@Timeout(60)
class NullArgumentsTest {
    private static final byte[] PRECIOUS = {1, 2, 3, 4, 5, 6, 7, 8};
    private static final io.sluice.MessageHandler NO_HANDLER = null;
    private static final Duration NO_TIME = null;
    private static final ByteBuffer NO_BUFFER = null;

    private static void refused(List<Executable> calls) {
        for (int i = 0; i < calls.size(); i++) {
            assertThrows(NullPointerException.class, calls.get(i), "call " + i);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ReentrantHandlerTest.PipeKind.class,
            mode = EnumSource.Mode.MATCH_NONE,
            names = "RENDEZVOUS.*")
    void receiver(ReentrantHandlerTest.PipeKind pipeKind) throws Exception {
        Pipe pipe = Pipe.anonymous(pipeKind.spec);
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            DirectBufferReceiver buffers = new DirectBufferReceiver(receiver);
            List<Executable> calls =
                    List.of(
                            () -> receiver.poll(NO_HANDLER, 1),
                            () -> receiver.receive(NO_HANDLER, 1),
                            () -> receiver.receive(NO_HANDLER, 1, Duration.ZERO),
                            () -> receiver.receive((m, o, l) -> {}, 1, NO_TIME),
                            () -> receiver.receive(NO_TIME),
                            () -> receiver.tryReceive(NO_BUFFER),
                            () -> receiver.receive(NO_BUFFER),
                            () -> receiver.receive(NO_BUFFER, Duration.ZERO),
                            () -> receiver.receive(ByteBuffer.allocate(8), NO_TIME),
                            () -> receiver.awaitSender(NO_TIME),
                            () -> buffers.poll(null, 1),
                            () -> buffers.receive(null, 1),
                            () -> buffers.receive(null, 1, Duration.ZERO),
                            () -> buffers.receive((b, o, l) -> {}, 1, NO_TIME));
            refused(calls.subList(0, 1)); // Also without a message.
            sender.send(PRECIOUS);
            refused(calls);
            assertArrayEquals(PRECIOUS, receiver.tryReceive());
        }
    }

    @ParameterizedTest
    @EnumSource
    void sender(ReentrantHandlerTest.PipeKind pipeKind) throws Exception {
        Pipe pipe = Pipe.anonymous(pipeKind.spec);
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            DirectBufferSender buffers = new DirectBufferSender(sender);
            UnsafeBuffer source = new UnsafeBuffer(PRECIOUS);
            MemorySegment segment = MemorySegment.ofArray(PRECIOUS);
            byte[] none = null;
            MemorySegment noSegment = null;
            refused(
                    List.of(
                            () -> sender.trySend(none),
                            () -> sender.trySend(none, 0, 0),
                            () -> sender.trySend(noSegment, 0, 0),
                            () -> sender.trySend(NO_BUFFER),
                            () -> sender.send(none),
                            () -> sender.send(none, 0, 0),
                            () -> sender.send(noSegment, 0, 0),
                            () -> sender.send(NO_BUFFER),
                            () -> sender.send(none, Duration.ZERO),
                            () -> sender.send(noSegment, 0, 0, Duration.ZERO),
                            () -> sender.send(NO_BUFFER, Duration.ZERO),
                            () -> sender.send(PRECIOUS, NO_TIME),
                            () -> sender.send(segment, 0, 8, NO_TIME),
                            () -> sender.send(ByteBuffer.wrap(PRECIOUS), NO_TIME),
                            () -> sender.claim(8, NO_TIME),
                            () -> sender.awaitReceiver(NO_TIME),
                            () -> buffers.trySend(null, 0, 0),
                            () -> buffers.send(null, 0, 0),
                            () -> buffers.send(null, 0, 0, Duration.ZERO),
                            () -> buffers.send(source, 0, 8, NO_TIME),
                            () -> buffers.claim(8, NO_TIME)));
            Claim claim = sender.claim(8);
            refused(List.of(() -> claim.putBytes(0, null, 0, 8), () -> claim.commit(NO_TIME)));
            assertEquals(8, claim.memory().byteSize(), "it is still claimed");
            claim.abort();
            assertNull(receiver.tryReceive());
        }
    }

    @Test
    void aSenderWithoutRoom() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            while (sender.trySend(PRECIOUS)) {}
            byte[] none = null;
            MemorySegment noSegment = null;
            refused(
                    List.of(
                            () -> sender.trySend(none, 0, 8),
                            () -> sender.trySend(noSegment, 0, 8),
                            () -> sender.send(none, 0, 8),
                            () -> sender.send(noSegment, 0, 8)));
        }
    }

    @Test
    void codec() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
        try (Sender<Long> sender = Codec.longs().sender(pipe.sender());
                Receiver<Long> receiver = Codec.longs().receiver(pipe.receiver())) {
            objects(sender, receiver, 7L);
        }
    }

    @Test
    void mailbox() throws Exception {
        for (MailboxSpec spec :
                List.of(
                        MailboxSpec.bounded(1).receivers(Ends.MANY),
                        MailboxSpec.bounded(8).senders(Ends.ONE).receivers(Ends.ONE),
                        MailboxSpec.bounded(8).receivers(Ends.MANY),
                        MailboxSpec.bounded(8)
                                .receivers(Ends.MANY)
                                .overflow(OverflowPolicy.DROP_OLDEST),
                        MailboxSpec.bounded(1)
                                .receivers(Ends.MANY)
                                .overflow(OverflowPolicy.CONFLATE),
                        MailboxSpec.unbounded().receivers(Ends.MANY),
                        MailboxSpec.rendezvous().receivers(Ends.MANY))) {
            Mailbox<Object> mailbox = Mailbox.create(spec);
            objects(mailbox.sender(), mailbox.receiver(), "precious");
        }
    }

    private static <E> void objects(Sender<E> sender, Receiver<E> receiver, E message)
            throws Exception {
        List<Executable> calls =
                List.of(
                        () -> receiver.poll(null, 1),
                        () -> receiver.receive(null),
                        () -> sender.trySend(null),
                        () -> sender.send(null),
                        () -> sender.send(null, Duration.ZERO),
                        () -> sender.send(message, null));
        refused(calls);
        assertNull(receiver.tryReceive());
        if (sender.trySend(message)) {
            refused(calls);
            assertEquals(message, receiver.tryReceive());
            assertNull(receiver.tryReceive());
        }
    }

    @Test
    void ring() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
        try (PipeRingBuffer ring = new PipeRingBuffer(pipe.sender(), pipe.receiver())) {
            MessageHandler noHandler = null;
            ControlledMessageHandler noControl = null;
            List<Executable> calls =
                    List.of(
                            () -> ring.write(1, null, 0, 0),
                            () -> ring.read(noHandler),
                            () -> ring.read(noHandler, 1),
                            () -> ring.controlledRead(noControl),
                            () -> ring.controlledRead(noControl, 1));
            refused(calls);
            ring.write(1, new UnsafeBuffer(PRECIOUS), 0, 8);
            refused(calls);
            assertEquals(1, ring.read((type, buffer, index, length) -> {}));
        }
    }

    @Test
    void streams() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
        try (OutputStream output = PipeStreams.output(pipe.sender());
                InputStream input = PipeStreams.input(pipe.receiver())) {
            output.write(PRECIOUS);
            refused(
                    List.of(
                            () -> output.write(null),
                            () -> output.write(null, 0, 0),
                            () -> input.read(null),
                            () -> input.read(null, 0, 0)));
            assertArrayEquals(PRECIOUS, input.readNBytes(8));
        }
    }

    @Test
    void channels() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
        try (WritableByteChannel output = PipeStreams.writable(pipe.sender());
                ReadableByteChannel input = PipeStreams.readable(pipe.receiver())) {
            output.write(ByteBuffer.wrap(PRECIOUS));
            Thread.currentThread().interrupt(); // An operation would close the channel.
            refused(List.of(() -> output.write(null), () -> input.read(null)));
            Thread.interrupted();
            ByteBuffer target = ByteBuffer.allocate(16);
            assertEquals(8, input.read(target));
        }
    }

    @Test
    void views() throws Exception {
        Mailbox<String> mailbox = Mailbox.create(MailboxSpec.bounded(8).receivers(Ends.MANY));
        try (MailboxBlockingQueue<String> queue = new MailboxBlockingQueue<>(mailbox)) {
            queue.add("precious");
            refused(
                    List.of(
                            () -> queue.offer(null),
                            () -> queue.put(null),
                            () -> queue.offer(null, 0, TimeUnit.SECONDS),
                            () -> queue.offer("more", 0, null),
                            () -> queue.poll(0, null),
                            () -> queue.drainTo(null),
                            () -> queue.drainTo(null, 1),
                            () -> queue.removeIf(null),
                            () -> queue.removeAll(null),
                            () -> queue.retainAll(null),
                            () -> queue.forEach(null)));
            assertEquals(List.of("precious"), List.copyOf(queue));
        }
        Mailbox<String> other = Mailbox.create(MailboxSpec.bounded(8).receivers(Ends.MANY));
        try (MailboxMessageQueue<String> queue = new MailboxMessageQueue<>(other)) {
            queue.offer("precious");
            List<Executable> calls =
                    List.of(
                            () -> queue.drain(null),
                            () -> queue.drain(null, 1),
                            () -> queue.drain(null, i -> i, () -> true),
                            () -> queue.drain(m -> {}, null, () -> true),
                            () -> queue.drain(m -> {}, i -> i, null),
                            () -> queue.fill(null),
                            () -> queue.fill(null, 1),
                            () -> queue.fill(null, i -> i, () -> true),
                            () -> queue.fill(() -> "", null, () -> true),
                            () -> queue.fill(() -> "", i -> i, null));
            for (Executable call : calls) { // Like JCTools' own queues.
                assertThrows(IllegalArgumentException.class, call);
            }
            assertThrows(NullPointerException.class, () -> queue.offer(null));
            assertThrows(NullPointerException.class, () -> queue.relaxedOffer(null));
            assertEquals("precious", queue.poll());
            assertNull(queue.poll());
        }
    }
}
