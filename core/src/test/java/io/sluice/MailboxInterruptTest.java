package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.mailbox.ParkingEnds;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An interrupted or timed-out call takes effect completely or not at all, and loses no wake-up. */
class MailboxInterruptTest {
    private static final int MESSAGES = Proof.size(600, 20_000);

    static List<Setup> setups() {
        return Setup.all();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void anInterruptedSenderHasNotSentAndAnInterruptedReceiverHasNotTaken(Setup setup)
            throws InterruptedException {
        Mailbox<Integer> mailbox = setup.mailbox(4);
        TestThreads testThreads = new TestThreads(mailbox);
        Sender<Integer> sender = setup.sender(mailbox);
        Receiver<Integer> receiver = setup.receiver(mailbox);
        Thread taker =
                testThreads.start(
                        () -> assertThrows(InterruptedException.class, receiver::receive));
        if (setup.parks()) {
            testThreads.spinUntilWaiting(0, 1);
        }
        taker.interrupt();
        testThreads.join();
        Setup.fill(sender);
        Thread putter =
                testThreads.start(
                        () -> assertThrows(InterruptedException.class, () -> sender.send(99)));
        if (setup.parks()) {
            testThreads.spinUntilWaiting(1, 0);
        }
        putter.interrupt();
        testThreads.join();
        for (int i = 0; i < mailbox.capacity(); i++) {
            assertEquals(i, receiver.tryReceive());
        }
        assertNull(receiver.tryReceive());
        testThreads.spinUntilWaiting(0, 0);
    }

    @ParameterizedTest
    @MethodSource("setups")
    void anInterruptCountsOnlyWhenThereIsSomethingToWaitFor(Setup setup)
            throws InterruptedException {
        Mailbox<Integer> mailbox = setup.mailbox(4);
        Sender<Integer> sender = setup.sender(mailbox);
        Receiver<Integer> receiver = setup.receiver(mailbox);
        Thread.currentThread().interrupt();
        sender.send(1);
        assertEquals(1, receiver.receive());
        assertTrue(Thread.currentThread().isInterrupted());
        assertThrows(InterruptedException.class, receiver::receive);
        assertFalse(Thread.currentThread().isInterrupted());
        sender.close();
        Thread.currentThread().interrupt();
        assertNull(receiver.receive());
        assertTrue(Thread.interrupted());
    }

    /**
     * Both ends time out and are interrupted repeatedly; every message sent is received, in order.
     */
    @ParameterizedTest
    @MethodSource("setups")
    void timeOutsAndInterruptsLoseAndDuplicateNothing(Setup setup) throws InterruptedException {
        Mailbox<Integer> mailbox = setup.mailbox(2);
        TestThreads testThreads = new TestThreads(mailbox);
        Sender<Integer> sender = setup.sender(mailbox);
        Receiver<Integer> receiver = setup.receiver(mailbox);
        AtomicLong next = new AtomicLong();
        Thread putter =
                testThreads.start(
                        () -> {
                            for (int i = 0; i < MESSAGES; ) {
                                try {
                                    if (sender.send(i, Duration.ofNanos(i % 7 * 5_000))) {
                                        i++;
                                    }
                                } catch (InterruptedException e) {
                                    continue; // Not sent: retry.
                                }
                            }
                            sender.close();
                        });
        Thread taker =
                testThreads.start(
                        () -> {
                            while (!receiver.isEndOfStream()) {
                                try {
                                    Integer m = receiver.receive(Duration.ofNanos(20_000));
                                    if (m != null) {
                                        assertEquals(next.getAndIncrement(), m.longValue());
                                    }
                                } catch (InterruptedException e) {
                                    continue; // Nothing received: retry.
                                }
                            }
                        });
        Interrupts.untilEnded(List.of(putter, taker), 1_000, next::get, mailbox::toString);
        testThreads.join();
        assertEquals(MESSAGES, next.get());
    }

    /**
     * A message wakes the first of two waiting receivers while it is interrupted: it must receive
     * the message or pass the wake-up on. They park without a timeout, so a lost wake-up hangs.
     */
    @Test
    void aWokenReceiverThatIsInterruptedPassesTheWakeUpOn() throws InterruptedException {
        ParkingEnds bare = new ParkingEnds();
        for (int round = 0; round < 300; round++) {
            Mailbox<Integer> mailbox = Mailbox.create(MailboxSpec.bounded(4).receivers(Ends.MANY));
            TestThreads testThreads = new TestThreads(mailbox);
            CountDownLatch received = new CountDownLatch(1);
            Sender<Integer> sender = mailbox.sender();
            Receiver<Integer> first = bare.receiver(mailbox);
            Receiver<Integer> second = bare.receiver(mailbox);
            Thread interrupted = testThreads.start(() -> take(first, received));
            testThreads.spinUntilWaiting(0, 1);
            testThreads.start(() -> take(second, received));
            testThreads.spinUntilWaiting(0, 2);
            interrupted.interrupt();
            sender.send(1);
            testThreads.spinUntil(() -> received.getCount() == 0);
            sender.close();
            testThreads.join();
        }
    }

    private static void take(Receiver<Integer> receiver, CountDownLatch received) {
        try {
            if (receiver.receive() != null) {
                received.countDown();
            }
        } catch (InterruptedException e) {
            assertFalse(receiver.isEndOfStream() && received.getCount() > 0);
        }
    }
}
