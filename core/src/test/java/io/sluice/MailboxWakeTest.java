package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.mailbox.ParkingEnds;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parking and waking of the ends of a mailbox. */
class MailboxWakeTest {
    /** Total over all channels; {@code -Dsluice.handovers=10000000} for a long run. */
    private static final int HAND_OVERS = Proof.size("sluice.handovers", 6_000, 100_000);

    private static final int LONG_PAUSE_NANOS = 100_000; // About the time of a wake-up.
    private static final int ASLEEP_MILLIS = Proof.size(500, 2_000);
    private static final int SHORT_PAUSE_NANOS = 10_000;

    private static final Setup MANY = new Setup(Ends.MANY, Ends.MANY, true);

    static List<Setup> parking() {
        return Setup.parking();
    }

    record WakeCase(MailboxFlavor flavor, Setup setup) {}

    static List<WakeCase> channels() {
        return Stream.of(MailboxFlavor.values())
                .filter(f -> !f.drops())
                .flatMap(f -> Setup.all().stream().map(setup -> new WakeCase(f, setup)))
                .toList();
    }

    /**
     * Ends that park do so without spinning and without a timeout, so one lost wake-up hangs. The
     * pauses last about as long as a wake-up, so that one end parks while the other sends.
     */
    @ParameterizedTest
    @MethodSource("channels")
    void handsOverToAndFroWithRandomPauses(WakeCase wakeCase) throws InterruptedException {
        Setup setup = wakeCase.setup();
        int rounds = Math.ceilDiv(HAND_OVERS / 2, channels().size());
        Mailbox<Integer> there = Mailbox.create(setup.spec(wakeCase.flavor().spec()));
        Mailbox<Integer> back = Mailbox.create(setup.spec(wakeCase.flavor().spec()));
        TestThreads testThreads = new TestThreads(List.of(there, back));
        ParkingEnds bare = new ParkingEnds();
        boolean parks = setup.parks();
        Sender<Integer> sender = setup.sender(there, bare);
        Receiver<Integer> receiver = setup.receiver(back, bare);
        Receiver<Integer> in = setup.receiver(there, bare);
        Sender<Integer> out = setup.sender(back, bare);
        testThreads.start(() -> echo(in, out));
        testThreads.start(
                () -> {
                    SplittableRandom random = new SplittableRandom(1);
                    for (int i = 0; i < rounds; i++) {
                        sender.send(i);
                        pause(random, LONG_PAUSE_NANOS);
                        assertEquals(i, receiver.receive());
                        pause(random, SHORT_PAUSE_NANOS);
                    }
                    sender.close();
                    assertNull(receiver.receive());
                });
        testThreads.join();
        Proof.HAND_OVERS.add(2L * rounds, "lost 0");
        if (parks) {
            assertTrue(bare.sleeps() > rounds / 4, () -> bare.sleeps() + " sleeps");
        }
    }

    private static void echo(Receiver<Integer> in, Sender<Integer> out)
            throws InterruptedException {
        SplittableRandom random = new SplittableRandom(2);
        for (Integer message; (message = in.receive()) != null; ) {
            pause(random, SHORT_PAUSE_NANOS);
            out.send(message);
        }
        out.close();
    }

    private static void pause(SplittableRandom random, int most) {
        long start = System.nanoTime();
        int nanos = random.nextInt(most);
        while (System.nanoTime() - start < nanos) {
            Thread.onSpinWait();
        }
    }

    @Test
    void closingTheLastSenderWakesEveryReceiver() throws InterruptedException {
        Mailbox<Integer> mailbox = MANY.mailbox(4);
        TestThreads testThreads = new TestThreads(mailbox);
        Sender<Integer> sender = mailbox.sender();
        ParkingEnds bare = new ParkingEnds();
        for (int i = 0; i < 3; i++) {
            Receiver<Integer> receiver = bare.receiver(mailbox);
            testThreads.start(() -> assertNull(receiver.receive()));
        }
        testThreads.spinUntilWaiting(0, 3);
        sender.close();
        testThreads.join();
        assertNoWaiters(mailbox);
    }

    @Test
    void closingTheLastReceiverWakesEverySenderThatWaitsOnFull() throws InterruptedException {
        Mailbox<Integer> mailbox = MANY.mailbox(4);
        TestThreads testThreads = new TestThreads(mailbox);
        Setup.fill(mailbox.sender());
        Receiver<Integer> receiver = mailbox.receiver();
        ParkingEnds bare = new ParkingEnds();
        for (int i = 0; i < 3; i++) {
            Sender<Integer> sender = bare.sender(mailbox);
            testThreads.start(() -> Setup.assertBreaks(() -> sender.send(9)));
        }
        testThreads.spinUntilWaiting(3, 0);
        receiver.close();
        testThreads.join();
        assertNoWaiters(mailbox);
    }

    @ParameterizedTest
    @MethodSource("parking")
    void aSleepingEndIsWokenByASingleOperation(Setup setup) throws InterruptedException {
        Mailbox<Integer> mailbox = setup.mailbox(4);
        TestThreads testThreads = new TestThreads(mailbox);
        ParkingEnds bare = new ParkingEnds();
        Sender<Integer> sender = bare.sender(mailbox);
        Receiver<Integer> receiver = bare.receiver(mailbox);
        testThreads.start(() -> assertEquals(7, receiver.receive()));
        testThreads.spinUntilWaiting(0, 1);
        sender.send(7);
        testThreads.join();
        assertNoWaiters(mailbox);
        Setup.fill(sender);
        testThreads.start(() -> sender.send(8));
        testThreads.spinUntilWaiting(1, 0);
        assertEquals(0, receiver.tryReceive());
        testThreads.join();
        assertNoWaiters(mailbox);
    }

    private static void assertNoWaiters(Mailbox<?> mailbox) {
        assertTrue(mailbox.toString().matches(".*\\(0 as.*\\(0 as.*"), mailbox.toString());
    }

    /** Each message wakes one of the waiting receivers; no wake-up is lost. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 16})
    void asManyAreWokenAsThereAreMessages(int count) throws InterruptedException {
        Mailbox<Integer> mailbox = MANY.mailbox(16);
        TestThreads testThreads = new TestThreads(mailbox);
        Sender<Integer> sender = mailbox.sender();
        AtomicInteger got = new AtomicInteger();
        for (int i = 0; i < 16; i++) {
            Receiver<Integer> receiver = mailbox.receiver();
            testThreads.start(
                    () -> {
                        if (receiver.receive() != null) {
                            got.incrementAndGet();
                        }
                    });
        }
        testThreads.spinUntilWaiting(0, 16);
        for (int i = 0; i < count; i++) {
            sender.send(i);
        }
        testThreads.spinUntil(() -> got.get() == count);
        testThreads.spinUntilWaiting(0, 16 - count);
        sender.close();
        testThreads.join();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void virtualThreadsSendAndReceive(boolean parks) throws InterruptedException {
        Setup setup = new Setup(Ends.MANY, Ends.MANY, parks);
        Mailbox<Integer> mailbox = setup.mailbox(2);
        TestThreads testThreads = new TestThreads(mailbox);
        int threads = parks ? 200 : 4;
        AtomicInteger sum = new AtomicInteger();
        // Opens every end before the first thread starts: otherwise the first senders could close,
        // and so end the stream, before the last one is opened.
        List<Sender<Integer>> senders = new ArrayList<>();
        List<Receiver<Integer>> receivers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            senders.add(setup.sender(mailbox));
            receivers.add(setup.receiver(mailbox));
        }
        for (int t = 0; t < threads; t++) {
            Sender<Integer> sender = senders.get(t);
            Receiver<Integer> receiver = receivers.get(t);
            testThreads.start(
                    Thread.ofVirtual(),
                    () -> {
                        for (Integer m; (m = receiver.receive()) != null; ) {
                            sum.addAndGet(m);
                        }
                    });
            testThreads.start(
                    Thread.ofVirtual(),
                    () -> {
                        for (int i = 0; i < 100; i++) {
                            sender.send(1);
                        }
                        sender.close();
                    });
        }
        testThreads.join();
        assertEquals(100 * threads, sum.get());
    }

    /** Measures a receiver of every flavor, and a sender where sends can wait. */
    @Test
    void sleepingEndsUseAlmostNoProcessorTime() throws InterruptedException {
        List<Thread> waiters = new ArrayList<>();
        List<TestThreads> testThreadses = new ArrayList<>();
        for (MailboxFlavor mailboxFlavor : MailboxFlavor.values()) {
            Mailbox<Integer> empty = Mailbox.create(mailboxFlavor.spec());
            TestThreads testThreads = new TestThreads(empty);
            Receiver<Integer> receiver = empty.receiver();
            waiters.add(
                    testThreads.start(
                            () -> assertThrows(InterruptedException.class, receiver::receive)));
            testThreads.spinUntilWaiting(0, 1);
            testThreadses.add(testThreads);
            if (mailboxFlavor.fills()) {
                Mailbox<Integer> full = Mailbox.create(mailboxFlavor.spec());
                TestThreads other = new TestThreads(full);
                Sender<Integer> sender = full.sender();
                Setup.fill(sender);
                waiters.add(
                        other.start(
                                () ->
                                        assertThrows(
                                                InterruptedException.class, () -> sender.send(1))));
                other.spinUntilWaiting(1, 0);
                testThreadses.add(other);
            }
        }
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long[] before =
                waiters.stream().mapToLong(t -> threads.getThreadCpuTime(t.threadId())).toArray();
        waiters.get(0).join(ASLEEP_MILLIS); // The measured interval.
        for (int i = 0; i < before.length; i++) {
            long used = threads.getThreadCpuTime(waiters.get(i).threadId()) - before[i];
            assertTrue(
                    used < TimeUnit.MILLISECONDS.toNanos(20),
                    used + " ns in " + ASLEEP_MILLIS + " ms");
        }
        waiters.forEach(Thread::interrupt);
        for (TestThreads testThreads : testThreadses) {
            testThreads.join();
        }
    }
}
