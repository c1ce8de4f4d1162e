package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.wait.Deadline;
import io.sluice.wait.Waiter;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each call with a time limit, with extreme limits. */
@Timeout(30)
class TimeLimitTest {
    private static final byte[] MESSAGE = {1, 2, 3};

    @TempDir Path directory;

    static List<Duration> over() {
        return List.of(
                Duration.ZERO,
                Duration.ofNanos(-1),
                Duration.ofNanos(Long.MIN_VALUE),
                Duration.ofNanos(Long.MIN_VALUE).minusNanos(1),
                Duration.ofSeconds(Long.MIN_VALUE));
    }

    static List<Duration> endless() {
        return List.of(
                Duration.ofNanos(Long.MAX_VALUE),
                Duration.ofNanos(Long.MAX_VALUE).plusNanos(1),
                Duration.ofSeconds(Long.MAX_VALUE, 999_999_999));
    }

    @Test
    void nanosSaturate() {
        over().forEach(timeout -> assertEquals(0, Deadline.nanos(timeout)));
        endless().forEach(timeout -> assertEquals(Waiter.NO_TIMEOUT, Deadline.nanos(timeout)));
        assertEquals(1_500, Deadline.nanos(Duration.ofNanos(1_500)));
    }

    @ParameterizedTest
    @MethodSource("over")
    void aLimitThatIsOverWaitsForNothing(Duration timeout) throws Exception {
        assertThrows(
                NoSuchFileException.class, () -> Pipe.open(directory.resolve("none"), timeout));
        Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
        try (PipeReceiver receiver = pipe.receiver()) {
            assertFalse(receiver.awaitSender(timeout));
            assertNull(receiver.receive(timeout));
        }
        try (PipeSender sender = Pipe.anonymous(PipeSpec.bounded(4096).senders(1)).sender()) {
            assertFalse(sender.awaitReceiver(timeout));
            while (sender.trySend(MESSAGE)) {}
            assertFalse(sender.send(MESSAGE, timeout));
            assertNull(sender.claim(8, timeout));
        }
        for (MailboxSpec spec :
                List.of(
                        MailboxSpec.bounded(1).receivers(Ends.MANY),
                        MailboxSpec.rendezvous().receivers(Ends.MANY))) {
            Mailbox<byte[]> mailbox = Mailbox.create(spec);
            try (Sender<byte[]> sender = mailbox.sender();
                    Receiver<byte[]> receiver = mailbox.receiver()) {
                assertNull(receiver.receive(timeout));
                assertEquals(Select.NONE, select(receiver).select(timeout));
                while (sender.trySend(MESSAGE)) {}
                assertFalse(sender.send(MESSAGE, timeout));
            }
        }
    }

    /** Every call with a limit that is over still throws if it is interrupted. */
    @ParameterizedTest
    @MethodSource("over")
    void anInterruptComesBeforeALimitThatIsOver(Duration timeout) throws Exception {
        interrupted(() -> Pipe.open(directory.resolve("none"), timeout));
        for (PipeSpec spec :
                List.of(PipeSpec.bounded(4096).senders(1), PipeSpec.rendezvous(64).senders(1))) {
            try (PipeReceiver receiver = Pipe.anonymous(spec).receiver()) {
                interrupted(() -> receiver.awaitSender(timeout));
                interrupted(() -> receiver.receive(timeout));
                interrupted(() -> receiver.receive(ByteBuffer.allocate(3), timeout));
                interrupted(() -> receiver.receive((memory, offset, length) -> {}, 1, timeout));
            }
            try (PipeSender sender = Pipe.anonymous(spec).sender()) {
                Sender<byte[]> codecSender = Codec.bytes().sender(sender);
                interrupted(() -> sender.awaitReceiver(timeout));
                while (sender.trySend(MESSAGE)) {}
                interrupted(() -> sender.send(MESSAGE, timeout));
                interrupted(() -> sender.send(ByteBuffer.wrap(MESSAGE), timeout));
                interrupted(() -> codecSender.send(MESSAGE, timeout));
                Claim claim = sender.tryClaim(8);
                if (claim == null) {
                    interrupted(() -> sender.claim(8, timeout));
                } else { // A rendezvous: it can be claimed, but no receiver waits.
                    interrupted(() -> claim.commit(timeout));
                }
            }
        }
        for (MailboxSpec spec :
                List.of(
                        MailboxSpec.bounded(1).receivers(Ends.MANY),
                        MailboxSpec.rendezvous().receivers(Ends.MANY))) {
            Mailbox<byte[]> mailbox = Mailbox.create(spec);
            try (Sender<byte[]> sender = mailbox.sender();
                    Receiver<byte[]> receiver = mailbox.receiver()) {
                interrupted(() -> receiver.receive(timeout));
                interrupted(() -> select(receiver).select(timeout));
                while (sender.trySend(MESSAGE)) {}
                interrupted(() -> sender.send(MESSAGE, timeout));
            }
        }
    }

    private static void interrupted(Executable call) {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, call);
        assertFalse(Thread.interrupted());
    }

    @ParameterizedTest
    @MethodSource("endless")
    void aLimitThatIsNeverReachedIsNoneAtAll(Duration timeout) throws Exception {
        Path path = directory.resolve("pipe");
        Pipe.create(path, PipeSpec.bounded(4096).senders(1));
        Pipe pipe = Pipe.open(path, timeout);
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            assertTrue(sender.awaitReceiver(timeout));
            assertTrue(receiver.awaitSender(timeout));
            Thread late = Thread.ofPlatform().start(() -> sender.trySend(MESSAGE));
            assertArrayEquals(MESSAGE, receiver.receive(timeout));
            late.join();
        }
    }

    /** A null limit is refused before anything is sent or received. */
    @Test
    void noLimitAtAllIsRefusedFirst() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
        Mailbox<byte[]> mailbox = Mailbox.create(MailboxSpec.bounded(4).receivers(Ends.MANY));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver();
                Sender<byte[]> mailSender = mailbox.sender();
                Receiver<byte[]> mailReceiver = mailbox.receiver()) {
            sender.send(MESSAGE);
            mailSender.send(MESSAGE);
            Sender<byte[]> codecSender = Codec.bytes().sender(sender);
            Receiver<byte[]> codecReceiver = Codec.bytes().receiver(receiver);
            Duration none = null;
            List<Executable> calls = new ArrayList<>();
            calls.add(() -> Pipe.open(pipe.path(), none));
            calls.add(() -> sender.send(MESSAGE, none));
            calls.add(() -> sender.send(ByteBuffer.wrap(MESSAGE), none));
            calls.add(() -> sender.claim(3, none));
            calls.add(() -> sender.awaitReceiver(none));
            calls.add(() -> codecSender.send(MESSAGE, none));
            calls.add(() -> receiver.receive(none));
            calls.add(() -> receiver.receive(ByteBuffer.allocate(3), none));
            calls.add(() -> receiver.receive((memory, offset, length) -> {}, 1, none));
            calls.add(() -> receiver.awaitSender(none));
            calls.add(() -> codecReceiver.receive(none));
            calls.add(() -> mailSender.send(MESSAGE, none));
            calls.add(() -> mailReceiver.receive(none));
            calls.add(() -> select(mailReceiver).select(none));
            for (int i = 0; i < calls.size(); i++) {
                assertThrows(NullPointerException.class, calls.get(i), "call " + i);
            }
            assertArrayEquals(MESSAGE, receiver.receive());
            assertNull(receiver.tryReceive());
            assertArrayEquals(MESSAGE, mailReceiver.receive());
            assertNull(mailReceiver.tryReceive());
            Claim claim = sender.tryClaim(3);
            assertThrows(NullPointerException.class, () -> claim.commit(none));
            claim.abort();
        }
    }

    private static Select select(Receiver<byte[]> receiver) {
        return Select.builder().receive(receiver, message -> {}).build();
    }
}
