package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Another thread closes an end of a mailbox while a call waits in it. */
@Timeout(60)
class MailboxCloseWhileWaitingTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private record Setting(MailboxSpec spec, boolean virtual) {}

    static List<Setting> settings() {
        List<Setting> settings = new ArrayList<>();
        for (boolean virtual : new boolean[] {false, true}) {
            for (MailboxSpec spec :
                    List.of(
                            MailboxSpec.bounded(2).receivers(Ends.MANY),
                            MailboxSpec.unbounded().receivers(Ends.MANY),
                            MailboxSpec.rendezvous().receivers(Ends.MANY))) {
                settings.add(new Setting(spec, virtual));
                settings.add(new Setting(spec.senders(Ends.ONE).receivers(Ends.ONE), virtual));
            }
        }
        return settings;
    }

    private interface Call {
        void run() throws Exception;
    }

    private static void isRefused(Call call) {
        IllegalStateException e = assertThrows(IllegalStateException.class, call::run);
        assertTrue(e.getMessage().contains("is closed"), e.getMessage());
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aWaitingSenderGetsAnException(Setting setting) throws Exception {
        if (setting.spec.capacity() == MailboxSpec.UNBOUNDED) {
            return; // It never waits.
        }
        List<Call> closed = new ArrayList<>();
        for (boolean limited : new boolean[] {false, true}) {
            Mailbox<Integer> mailbox = Mailbox.create(setting.spec);
            TestThreads testThreads = new TestThreads(mailbox, setting.virtual);
            Receiver<Integer> receiver = mailbox.receiver();
            Sender<Integer> sender = mailbox.sender();
            int filled = setting.spec.capacity() == 0 ? 0 : Setup.fill(sender);
            testThreads.start(
                    () -> {
                        isRefused(
                                () -> {
                                    if (limited) {
                                        sender.send(-1, LONG);
                                    } else {
                                        sender.send(-1);
                                    }
                                });
                        isRefused(() -> sender.trySend(-1));
                    });
            testThreads.spinUntilWaiting(1, 0);
            sender.close();
            sender.close();
            testThreads.join();
            for (int i = 0; i < filled; i++) {
                assertEquals(i, receiver.tryReceive());
            }
            assertNull(receiver.receive()); // The end: the refused message was not sent.
            assertTrue(receiver.isEndOfStream());
            closed.add(receiver::close);
        }
        assertEquals(2, closed.size());
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aWaitingReceiverGetsAnException(Setting setting) throws Exception {
        for (int way = 0; way < 3; way++) {
            Mailbox<Integer> mailbox = Mailbox.create(setting.spec);
            TestThreads testThreads = new TestThreads(mailbox, setting.virtual);
            Sender<Integer> sender = mailbox.sender();
            Receiver<Integer> receiver = mailbox.receiver();
            int chosen = way;
            testThreads.start(
                    () -> {
                        isRefused(
                                () -> {
                                    switch (chosen) {
                                        case 0 -> receiver.receive();
                                        case 1 -> receiver.receive(LONG);
                                        default -> receiver.iterator().hasNext();
                                    }
                                });
                        isRefused(receiver::tryReceive);
                    });
            testThreads.spinUntilWaiting(0, 1);
            receiver.close();
            receiver.close();
            testThreads.join();
            assertThrows(BrokenChannelException.class, () -> sender.trySend(1));
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aSpinningEndGetsAnExceptionToo(Setting setting) throws Exception {
        Mailbox<Integer> mailbox = Mailbox.create(setting.spec);
        TestThreads testThreads = new TestThreads(mailbox, setting.virtual);
        SignalingIdle idle = new SignalingIdle();
        Receiver<Integer> receiver = mailbox.receiver(idle);
        Sender<Integer> sender = mailbox.sender();
        testThreads.start(() -> isRefused(receiver::receive));
        idle.awaitWaiting();
        receiver.close();
        testThreads.join();
        sender.close();
    }

    /** The other receivers continue; a rendezvous can reuse the closed receiver's cell. */
    @ParameterizedTest
    @MethodSource("settings")
    void otherEndsOfTheSameSideContinue(Setting setting) throws Exception {
        if (setting.spec.receivers() == Ends.ONE) {
            return;
        }
        Mailbox<Integer> mailbox = Mailbox.create(setting.spec);
        TestThreads testThreads = new TestThreads(mailbox, setting.virtual);
        Sender<Integer> sender = mailbox.sender(new YieldingIdleStrategy());
        List<Receiver<Integer>> receivers = new ArrayList<>();
        int[] received = new int[3];
        for (int i = 0; i < 3; i++) {
            Receiver<Integer> receiver = mailbox.receiver();
            receivers.add(receiver);
            int index = i;
            testThreads.start(
                    () -> {
                        if (index == 1) {
                            isRefused(receiver::receive);
                        } else {
                            received[index] = receiver.receive();
                        }
                    });
        }
        testThreads.spinUntilWaiting(0, 3);
        receivers.get(1).close();
        testThreads.spinUntil(() -> mailbox.toString().contains("receivers=2"));
        sender.send(7);
        sender.send(7);
        testThreads.join();
        assertEquals(14, received[0] + received[2]);
        assertEquals(0, received[1]);
    }
}
