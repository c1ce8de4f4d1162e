package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The semantics of a mailbox, row by row of their table. */
class MailboxSemanticsTest {
    private static final Duration SHORT = Duration.ofMillis(5);

    static List<Setup> setups() {
        return Setup.all();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void sendsWithoutWaitingUntilFull(Setup setup) throws InterruptedException {
        Mailbox<Integer> mailbox = setup.mailbox(8);
        Sender<Integer> sender = setup.sender(mailbox);
        assertEquals(mailbox.capacity(), Setup.fill(sender));
        assertFalse(sender.trySend(99));
        assertFalse(sender.send(99, SHORT));
        assertFalse(sender.send(99, Duration.ZERO));
        assertFalse(sender.send(99, Duration.ofSeconds(-1)));
        Receiver<Integer> receiver = setup.receiver(mailbox);
        assertEquals(0, receiver.tryReceive());
        assertTrue(sender.send(100, Duration.ofSeconds(Long.MAX_VALUE)));
        for (int i = 1; i < mailbox.capacity(); i++) {
            assertEquals(i, receiver.receive());
        }
        assertEquals(100, receiver.receive(SHORT));
    }

    @ParameterizedTest
    @MethodSource("setups")
    void anEmptyMailboxIsNotTheEndBeforeTheFirstSenderHasCome(Setup setup)
            throws InterruptedException {
        Mailbox<Integer> mailbox = setup.mailbox(4);
        Receiver<Integer> receiver = setup.receiver(mailbox);
        assertNull(receiver.tryReceive());
        assertNull(receiver.receive(SHORT));
        assertNull(receiver.receive(Duration.ZERO));
        assertEquals(0, receiver.poll(m -> {}, 10));
        assertFalse(receiver.isEndOfStream());
        Sender<Integer> sender = setup.sender(mailbox);
        sender.send(1);
        assertEquals(1, receiver.receive());
        assertFalse(receiver.isEndOfStream());
    }

    @ParameterizedTest
    @MethodSource("setups")
    void receivesTheRestAndThenTheEnd(Setup setup) throws InterruptedException {
        Mailbox<Integer> mailbox = setup.mailbox(4);
        Sender<Integer> sender = setup.sender(mailbox);
        sender.send(1);
        sender.send(2);
        sender.close();
        sender.close();
        Receiver<Integer> receiver = setup.receiver(mailbox);
        assertFalse(receiver.isEndOfStream());
        assertEquals(1, receiver.receive());
        assertEquals(2, receiver.tryReceive());
        assertTrue(receiver.isEndOfStream());
        assertNull(receiver.tryReceive());
        assertNull(receiver.receive());
        assertNull(receiver.receive(Duration.ofDays(1)));
        assertEquals(0, receiver.poll(m -> {}, 1));
        assertTrue(receiver.isEndOfStream());
    }

    @ParameterizedTest
    @MethodSource("setups")
    void everySendSaysThatTheLastReceiverIsGone(Setup setup) {
        Mailbox<Integer> mailbox = setup.mailbox(4);
        Sender<Integer> sender = setup.sender(mailbox);
        assertTrue(sender.trySend(1));
        Receiver<Integer> receiver = setup.receiver(mailbox);
        receiver.close();
        receiver.close();
        assertThrows(BrokenChannelException.class, () -> sender.trySend(2));
        assertThrows(BrokenChannelException.class, () -> sender.send(2));
        assertThrows(BrokenChannelException.class, () -> sender.send(2, SHORT));
        assertTrue(mailbox.toString().contains("size=0"), mailbox.toString());
        sender.close();
        assertThrows(IllegalStateException.class, () -> sender.trySend(2));
    }

    @ParameterizedTest
    @MethodSource("setups")
    void pollsInOrderUpToTheLimit(Setup setup) {
        Mailbox<Integer> mailbox = setup.mailbox(8);
        Sender<Integer> sender = setup.sender(mailbox);
        Receiver<Integer> receiver = setup.receiver(mailbox);
        assertEquals(8, Setup.fill(sender));
        List<Integer> got = new ArrayList<>();
        assertEquals(0, receiver.poll(got::add, 0));
        assertEquals(3, receiver.poll(got::add, 3));
        assertThrows(
                ArithmeticException.class,
                () ->
                        receiver.poll(
                                m -> {
                                    throw new ArithmeticException();
                                },
                                3));
        assertEquals(4, receiver.poll(got::add, 100));
        assertEquals(List.of(0, 1, 2, 4, 5, 6, 7), got);
        assertThrows(IllegalArgumentException.class, () -> receiver.poll(got::add, -1));
    }

    @ParameterizedTest
    @MethodSource("setups")
    void refusesNull(Setup setup) {
        Mailbox<Integer> mailbox = setup.mailbox(4);
        Sender<Integer> sender = setup.sender(mailbox);
        assertThrows(NullPointerException.class, () -> sender.trySend(null));
        assertThrows(NullPointerException.class, () -> sender.send(null));
        assertThrows(NullPointerException.class, () -> sender.send(null, SHORT));
        assertEquals(4, Setup.fill(sender));
        assertThrows(NullPointerException.class, () -> sender.trySend(null));
    }

    @ParameterizedTest
    @MethodSource("setups")
    void refusesEveryUseOfAnEndAfterItsOwnClose(Setup setup) {
        Mailbox<Integer> mailbox = setup.mailbox(4);
        Sender<Integer> sender = setup.sender(mailbox);
        Receiver<Integer> receiver = setup.receiver(mailbox);
        sender.close();
        assertThrows(IllegalStateException.class, () -> sender.trySend(1));
        assertThrows(IllegalStateException.class, () -> sender.send(1));
        assertThrows(IllegalStateException.class, () -> sender.send(1, SHORT));
        receiver.close();
        assertThrows(IllegalStateException.class, receiver::tryReceive);
        assertThrows(IllegalStateException.class, receiver::receive);
        assertThrows(IllegalStateException.class, () -> receiver.receive(SHORT));
        assertThrows(IllegalStateException.class, () -> receiver.poll(m -> {}, 1));
        assertThrows(IllegalStateException.class, receiver::isEndOfStream);
    }
}
