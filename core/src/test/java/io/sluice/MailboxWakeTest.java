package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sleeping and waking. */
class MailboxWakeTest {
    private static final int HAND_OVERS = 100_000;
    private static final Setup MANY = new Setup(Ends.MANY, Ends.MANY, true);

    static List<Setup> setups() {
        return Setup.all();
    }

    static List<Setup> parking() {
        return Setup.parking();
    }

    /** A lost wake-up costs 100 ms, the belt: a thousand of them would miss the deadline. */
    @ParameterizedTest
    @MethodSource("setups")
    void handsOverToAndFroWithRandomPauses(Setup setup) throws InterruptedException {
        Mailbox<Integer> there = setup.mailbox(2);
        Mailbox<Integer> back = setup.mailbox(2);
        Crew crew = new Crew(List.of(there, back));
        crew.start(() -> echo(setup.receiver(there), setup.sender(back)));
        crew.start(
                () -> {
                    SplittableRandom random = new SplittableRandom(1);
                    Sender<Integer> sender = setup.sender(there);
                    Receiver<Integer> receiver = setup.receiver(back);
                    for (int i = 0; i < HAND_OVERS / 2; i++) {
                        sender.send(i);
                        pause(random);
                        assertEquals(i, receiver.receive());
                        pause(random);
                    }
                    sender.close();
                    assertNull(receiver.receive());
                });
        crew.join();
    }

    private static void echo(Receiver<Integer> in, Sender<Integer> out)
            throws InterruptedException {
        SplittableRandom random = new SplittableRandom(2);
        for (Integer message; (message = in.receive()) != null; ) {
            pause(random);
            out.send(message);
        }
        out.close();
    }

    private static void pause(SplittableRandom random) {
        for (int spins = random.nextInt(300); spins > 100; spins--) {
            Thread.onSpinWait();
        }
    }

    @Test
    void closingTheLastSenderWakesEveryReceiver() throws InterruptedException {
        Mailbox<Integer> mailbox = MANY.mailbox(4);
        Crew crew = new Crew(mailbox);
        Sender<Integer> sender = mailbox.sender();
        for (int i = 0; i < 3; i++) {
            Receiver<Integer> receiver = mailbox.receiver();
            crew.start(() -> assertNull(receiver.receive()));
        }
        crew.untilAsleep(0, 3);
        sender.close();
        assertNobodySleeps(mailbox);
        crew.join();
    }

    @Test
    void closingTheLastReceiverWakesEverySenderThatWaitsOnFull() throws InterruptedException {
        Mailbox<Integer> mailbox = MANY.mailbox(4);
        Crew crew = new Crew(mailbox);
        Setup.fill(mailbox.sender());
        Receiver<Integer> receiver = mailbox.receiver();
        for (int i = 0; i < 3; i++) {
            Sender<Integer> sender = mailbox.sender();
            crew.start(() -> assertThrows(BrokenChannelException.class, () -> sender.send(9)));
        }
        crew.untilAsleep(3, 0);
        receiver.close();
        assertNobodySleeps(mailbox);
        crew.join();
    }

    @ParameterizedTest
    @MethodSource("parking")
    void aSleepingEndIsWokenByASingleOperation(Setup setup) throws InterruptedException {
        Mailbox<Integer> mailbox = setup.mailbox(4);
        Crew crew = new Crew(mailbox);
        Sender<Integer> sender = setup.sender(mailbox);
        Receiver<Integer> receiver = setup.receiver(mailbox);
        crew.start(() -> assertEquals(7, receiver.receive()));
        crew.untilAsleep(0, 1);
        sender.send(7);
        assertNobodySleeps(mailbox);
        crew.join();
        Setup.fill(sender);
        crew.start(() -> sender.send(8));
        crew.untilAsleep(1, 0);
        assertEquals(0, receiver.tryReceive());
        assertNobodySleeps(mailbox);
        crew.join();
    }

    /** True as soon as the call that wakes has returned: the waker uncounts whom it wakes. */
    private static void assertNobodySleeps(Mailbox<?> mailbox) {
        assertTrue(mailbox.toString().matches(".*\\(0 as.*\\(0 as.*"), mailbox.toString());
    }

    /** Three sleep, three messages come: one wake-up each, none may be swallowed. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 16})
    void asManyAreWokenAsThereAreMessages(int count) throws InterruptedException {
        Mailbox<Integer> mailbox = MANY.mailbox(16);
        Crew crew = new Crew(mailbox);
        Sender<Integer> sender = mailbox.sender();
        AtomicInteger got = new AtomicInteger();
        for (int i = 0; i < 16; i++) {
            Receiver<Integer> receiver = mailbox.receiver();
            crew.start(
                    () -> {
                        if (receiver.receive() != null) {
                            got.incrementAndGet();
                        }
                    });
        }
        crew.untilAsleep(0, 16);
        for (int i = 0; i < count; i++) {
            sender.send(i);
        }
        crew.until(() -> got.get() == count);
        crew.untilAsleep(0, 16 - count);
        sender.close();
        crew.join();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void virtualThreadsSendAndReceive(boolean parks) throws InterruptedException {
        Setup setup = new Setup(Ends.MANY, Ends.MANY, parks);
        Mailbox<Integer> mailbox = setup.mailbox(2);
        Crew crew = new Crew(mailbox);
        int threads = parks ? 200 : 4;
        AtomicInteger sum = new AtomicInteger();
        // Every end is open before the first thread runs: a mailbox whose last sender has closed
        // has ended, and the first threads may well be done before the last is made.
        List<Sender<Integer>> senders = new ArrayList<>();
        List<Receiver<Integer>> receivers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            senders.add(setup.sender(mailbox));
            receivers.add(setup.receiver(mailbox));
        }
        for (int t = 0; t < threads; t++) {
            Sender<Integer> sender = senders.get(t);
            Receiver<Integer> receiver = receivers.get(t);
            crew.start(
                    Thread.ofVirtual(),
                    () -> {
                        for (Integer m; (m = receiver.receive()) != null; ) {
                            sum.addAndGet(m);
                        }
                    });
            crew.start(
                    Thread.ofVirtual(),
                    () -> {
                        for (int i = 0; i < 100; i++) {
                            sender.send(1);
                        }
                        sender.close();
                    });
        }
        crew.join();
        assertEquals(100 * threads, sum.get());
    }

    @Test
    void aSleepingReceiverUsesAlmostNoProcessorTime() throws InterruptedException {
        Mailbox<Integer> mailbox = MANY.mailbox(4);
        Crew crew = new Crew(mailbox);
        Sender<Integer> sender = mailbox.sender();
        Receiver<Integer> receiver = mailbox.receiver();
        Thread thread = crew.start(() -> assertEquals(1, receiver.receive()));
        crew.untilAsleep(0, 1);
        long before = ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId());
        thread.join(1_000); // Not to wait for a state: the span over which is measured.
        long used =
                ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId()) - before;
        sender.send(1);
        crew.join();
        assertTrue(used < TimeUnit.MILLISECONDS.toNanos(20), used + " ns in a second");
    }
}
