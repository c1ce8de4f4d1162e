package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.mailbox.ParkingEnds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of every mailbox: each flavor, topology and way to wait. */
@Timeout(90)
@ParameterizedClass
@MethodSource("channels")
class MailboxContractTest {
    private static final Duration SHORT = Duration.ofMillis(2);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int MESSAGES = Proof.size(500, 4_000);
    private static final Set<ContractCase> RUN = ConcurrentHashMap.newKeySet();

    record ContractCase(MailboxFlavor flavor, Setup setup, boolean virtual) {
        /** Tests whether this is one of the half in which each two choices meet. */
        private boolean isOfPairs() {
            int waits = virtual ? 2 : setup.parks() ? 1 : 0;
            int ends = setup.senders().ordinal() + setup.receivers().ordinal();
            return (flavor.ordinal() + ends + waits) % 2 == 0;
        }
    }

    /** Returns all in a proof, else half of them. */
    static List<ContractCase> channels() {
        return Stream.of(MailboxFlavor.values())
                .flatMap(f -> Setup.all().stream().flatMap(setup -> channels(f, setup)))
                .filter(contractCase -> Proof.isProofBuild() || contractCase.isOfPairs())
                .toList();
    }

    /** Adds virtual threads where ends park, since only parking differs. */
    private static Stream<ContractCase> channels(MailboxFlavor mailboxFlavor, Setup setup) {
        return Stream.of(
                        new ContractCase(mailboxFlavor, setup, false),
                        new ContractCase(mailboxFlavor, setup, true))
                .filter(contractCase -> setup.parks() || !contractCase.virtual());
    }

    private static boolean hasOneTaker(ContractCase contractCase) {
        return contractCase.flavor().hasOneTaker();
    }

    private static boolean holdsSeveral(ContractCase contractCase) {
        return contractCase.flavor().holds()
                && hasOneTaker(contractCase)
                && contractCase.flavor() != MailboxFlavor.ONE;
    }

    private static boolean parksAndHoldsTwo(ContractCase contractCase) {
        return parks(contractCase)
                && holdsSeveral(contractCase)
                && contractCase.flavor() != MailboxFlavor.CONFLATE;
    }

    private static boolean fills(ContractCase contractCase) {
        return contractCase.flavor().fills();
    }

    private static boolean neverFills(ContractCase contractCase) {
        return !contractCase.flavor().fills();
    }

    private static boolean parks(ContractCase contractCase) {
        return contractCase.setup().parks();
    }

    @AfterAll
    static void sayHowMany() {
        System.out.println("the contract of mailboxes ran for " + RUN.size() + " combinations");
        Proof.CONTRACT_MAILBOXES.add(RUN.size(), "");
        assertEquals(channels().size(), RUN.size());
    }

    @Parameter ContractCase contractCase;

    private Setup setup;
    private MailboxFlavor mailboxFlavor;
    private AtomicIntegerArray undelivered;
    private Mailbox<Integer> mailbox;
    private TestThreads testThreads;

    @BeforeEach
    void prepare() {
        RUN.add(contractCase);
        setup = contractCase.setup();
        mailboxFlavor = contractCase.flavor();
        undelivered = new AtomicIntegerArray(2 * MESSAGES);
        mailbox = Mailbox.create(setup.spec(mailboxFlavor.spec()), undelivered::incrementAndGet);
        testThreads = new TestThreads(mailbox, contractCase.virtual());
    }

    private int undelivered() {
        int sum = 0;
        for (int i = 0; i < undelivered.length(); i++) {
            sum += undelivered.get(i);
        }
        return sum;
    }

    private static int most(Ends ends) {
        return ends == Ends.ONE ? 1 : 2;
    }

    /** Opens all senders at once, since the stream ends when the last one closes. */
    private List<Sender<Integer>> openSenders() {
        List<Sender<Integer>> senders = new ArrayList<>();
        for (int s = 0; s < most(setup.senders()); s++) {
            senders.add(setup.sender(mailbox));
        }
        return senders;
    }

    @Test
    void whatIsSentArrivesInOrderAndThenTheEnd() throws Exception {
        Sender<Integer> sender = setup.sender(mailbox);
        Receiver<Integer> receiver = setup.receiver(mailbox);
        testThreads.start(
                () -> {
                    for (int i = 0; i < MESSAGES; i++) {
                        switch (i % 3) {
                            case 0 -> sender.send(i);
                            case 1 -> assertTrue(sender.send(i, LONG));
                            default -> {
                                while (!sender.trySend(i)) {
                                    Thread.yield();
                                }
                            }
                        }
                    }
                    sender.close();
                });
        int count = 0;
        int last = -1;
        while (true) {
            Integer message = count % 2 == 0 ? receiver.receive() : receiver.receive(LONG);
            if (message == null) {
                break;
            }
            assertTrue(message > last, message + " came after " + last);
            assertTrue(
                    mailboxFlavor.drops() || message == last + 1, message + " came after " + last);
            last = message;
            count++;
        }
        testThreads.join();
        assertTrue(receiver.isEndOfStream());
        assertNull(receiver.tryReceive());
        assertNull(receiver.receive(SHORT));
        assertEquals(0, receiver.poll(m -> {}, 5));
        assertFalse(receiver.iterator().hasNext());
        assertEquals(MESSAGES, count + mailbox.dropped());
        assertEquals(mailbox.dropped(), undelivered());
    }

    /** Every message is either received or passed to the undelivered callback, exactly once. */
    @TestWhere("hasOneTaker")
    void manyEndsLoseAndDuplicateNothing() throws Exception {
        List<Sender<Integer>> open = openSenders();
        int senders = open.size();
        AtomicIntegerArray received = new AtomicIntegerArray(2 * MESSAGES);
        for (int s = 0; s < senders; s++) {
            int first = s * MESSAGES;
            Sender<Integer> sender = open.get(s);
            testThreads.start(
                    () -> {
                        for (int i = 0; i < MESSAGES; i++) {
                            sender.send(first + i);
                        }
                        sender.close();
                    });
        }
        for (int r = 0; r < most(setup.receivers()); r++) {
            Receiver<Integer> receiver = setup.receiver(mailbox);
            testThreads.start(() -> receiver.forEach(received::incrementAndGet));
        }
        testThreads.join();
        for (int i = 0; i < senders * MESSAGES; i++) {
            assertEquals(1, received.get(i) + undelivered.get(i), i + " of " + mailbox);
            assertTrue(mailboxFlavor.drops() || received.get(i) == 1, i + " of " + mailbox);
        }
        assertEquals(mailbox.dropped(), undelivered());
    }

    /** The last receiver closes in the middle of the stream. */
    @TestWhere("hasOneTaker")
    void whatWasSentAndNotReceivedIsHandedOverOnce() throws Exception {
        for (int round = 0; round < Proof.size(3, 8); round++) {
            prepare();
            List<Sender<Integer>> open = openSenders();
            int senders = open.size();
            AtomicIntegerArray sent = new AtomicIntegerArray(2 * MESSAGES);
            AtomicIntegerArray received = new AtomicIntegerArray(2 * MESSAGES);
            Receiver<Integer> receiver = setup.receiver(mailbox);
            for (int s = 0; s < senders; s++) {
                int first = s * MESSAGES;
                Sender<Integer> sender = open.get(s);
                boolean asksAgain = round % 2 == 0;
                testThreads.start(
                        () -> {
                            try {
                                for (int i = 0; i < MESSAGES; i++) {
                                    sender.send(first + i);
                                    sent.set(first + i, 1);
                                }
                            } catch (BrokenChannelException e) {
                                if (asksAgain) {
                                    assertThrows(
                                            BrokenChannelException.class, () -> sender.trySend(0));
                                }
                            }
                            sender.close();
                        });
            }
            for (int i = 0; i < 50 * round; i++) {
                Integer message = receiver.receive();
                if (message != null) { // An unbounded stream may have ended already.
                    received.incrementAndGet(message);
                }
            }
            receiver.close();
            testThreads.join();
            for (int i = 0; i < senders * MESSAGES; i++) {
                assertEquals(
                        sent.get(i), received.get(i) + undelivered.get(i), i + " of " + mailbox);
            }
        }
    }

    /** An exception or error from the undelivered callback does not change any call. */
    @TestWhere("holdsSeveral")
    void aCallbackThatThrowsGetsTheRestAllTheSame() throws Exception {
        List<Integer> got = new ArrayList<>();
        List<Throwable> thrown = new ArrayList<>();
        Mailbox<Integer> throwing =
                Mailbox.create(
                        setup.spec(mailboxFlavor.spec()),
                        m -> {
                            got.add(m);
                            if (m % 2 == 0) {
                                throw new ArithmeticException();
                            }
                            throw new AssertionError(m);
                        });
        Sender<Integer> sender = setup.sender(throwing);
        Receiver<Integer> receiver = setup.receiver(throwing);
        int count = mailboxFlavor.drops() ? throwing.capacity() + 4 : 2;
        Thread thread =
                testThreads.start(
                        () -> {
                            Thread.currentThread()
                                    .setUncaughtExceptionHandler((t, e) -> thrown.add(e));
                            for (int i = 0; i < count; i++) {
                                assertTrue(sender.trySend(i));
                            }
                            receiver.close();
                        });
        testThreads.join();
        assertFalse(thread.isAlive());
        assertEquals(count, got.size());
        assertEquals(count, thrown.size());
        assertEquals(IntStream.range(0, count).boxed().toList(), got.stream().sorted().toList());
        assertEquals(mailboxFlavor.drops() ? 4 : 0, throwing.dropped());
        receiver.close();
        assertThrows(BrokenChannelException.class, () -> sender.trySend(3));
    }

    @Test
    void timeOutsAndInterruptsLoseAndDuplicateNothing() throws Exception {
        int messages = MESSAGES / Proof.size(10, 4);
        Sender<Integer> sender = setup.sender(mailbox);
        Receiver<Integer> receiver = setup.receiver(mailbox);
        AtomicBoolean done = new AtomicBoolean();
        AtomicIntegerArray received = new AtomicIntegerArray(MESSAGES);
        AtomicInteger inOrder = new AtomicInteger(-1);
        Thread putter =
                testThreads.start(
                        () -> {
                            for (int i = 0; i < messages; ) {
                                try {
                                    if (sender.send(i, Duration.ofNanos(i % 7 * 5_000))) {
                                        i++;
                                    }
                                } catch (InterruptedException e) {
                                    Thread.yield(); // Not sent: retry, and leave the carrier.
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
                                        received.incrementAndGet(m);
                                        assertTrue(m > inOrder.getAndSet(m));
                                    }
                                } catch (InterruptedException e) {
                                    Thread.yield(); // Nothing received: retry.
                                }
                            }
                            done.set(true);
                        });
        testThreads.spinUntil(
                () -> {
                    putter.interrupt();
                    taker.interrupt();
                    return done.get();
                });
        testThreads.join();
        for (int i = 0; i < messages; i++) {
            assertEquals(1, received.get(i) + undelivered.get(i), i + " of " + mailbox);
        }
    }

    @Test
    void emptyIsNotTheEnd() throws Exception {
        Receiver<Integer> receiver = setup.receiver(mailbox);
        assertNull(receiver.tryReceive());
        assertNull(receiver.receive(SHORT));
        assertNull(receiver.receive(Duration.ZERO));
        assertNull(receiver.receive(Duration.ofSeconds(-1)));
        assertNull(receiver.receive(Duration.ofSeconds(Long.MIN_VALUE)));
        assertEquals(0, receiver.poll(m -> {}, 10));
        assertFalse(receiver.isEndOfStream());
    }

    @TestWhere("fills")
    void whatIsFullRefusesTimesOutAndIsInterrupted() throws Exception {
        Sender<Integer> sender = setup.sender(mailbox);
        assertEquals(mailbox.capacity(), Setup.fill(sender));
        assertFalse(sender.trySend(9));
        assertFalse(sender.send(9, SHORT));
        assertFalse(sender.send(9, Duration.ZERO));
        assertFalse(sender.send(9, Duration.ofSeconds(-1)));
        assertFalse(sender.send(9, Duration.ofSeconds(Long.MIN_VALUE)));
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> sender.send(9));
        assertFalse(Thread.currentThread().isInterrupted());
        Receiver<Integer> receiver = setup.receiver(mailbox);
        assertEquals(mailbox.capacity(), receiver.poll(m -> {}, 100));
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, receiver::receive);
        assertNull(receiver.tryReceive());
        assertEquals(0, undelivered());
    }

    @TestWhere("neverFills")
    void whatNeverFillsTakesEverythingAtOnce() throws Exception {
        Sender<Integer> sender = setup.sender(mailbox);
        for (int i = 0; i < 1000; i += 4) {
            assertTrue(sender.trySend(i));
            sender.send(i + 1);
            assertEquals(2, sender.fill(new Integer[] {i + 2, i + 3}, 0, 2));
        }
        Receiver<Integer> receiver = setup.receiver(mailbox);
        List<Integer> got = new ArrayList<>();
        int count = receiver.poll(got::add, 1000);
        assertEquals(1000 - count, mailbox.dropped());
        assertEquals(1000 - count, undelivered());
        if (mailboxFlavor.drops()) {
            assertEquals(mailbox.capacity(), count);
        }
        int first =
                mailboxFlavor == MailboxFlavor.DROP_OLDEST
                                || mailboxFlavor == MailboxFlavor.CONFLATE
                        ? 1000 - count
                        : 0;
        for (int i = 0; i < count; i++) {
            assertEquals(first + i, got.get(i));
            assertEquals(0, undelivered.get(first + i));
        }
    }

    @TestWhere("parks")
    void aSenderAndAReceiverThatSleepAreWokenByOneOperation() throws Exception {
        ParkingEnds bare = new ParkingEnds();
        Sender<Integer> sender = bare.sender(mailbox);
        Receiver<Integer> receiver = bare.receiver(mailbox);
        testThreads.start(() -> assertEquals(7, receiver.receive()));
        testThreads.spinUntilWaiting(0, 1);
        assertTrue(sender.trySend(7));
        assertNoWaiters();
        testThreads.join();
        if (mailboxFlavor.fills()) {
            int count = Setup.fill(sender);
            testThreads.start(() -> sender.send(count));
            testThreads.spinUntilWaiting(1, 0);
            assertEquals(0, receiver.tryReceive());
            assertNoWaiters();
            testThreads.join();
        }
    }

    @TestWhere("parksAndHoldsTwo")
    void aReceiverIsWokenForEachMessageOfAFill() throws Exception {
        Sender<Integer> sender = setup.sender(mailbox);
        int receivers = most(setup.receivers());
        AtomicInteger sum = new AtomicInteger();
        ParkingEnds bare = new ParkingEnds();
        for (int i = 0; i < receivers; i++) {
            Receiver<Integer> receiver = bare.receiver(mailbox);
            testThreads.start(() -> sum.addAndGet(receiver.receive()));
        }
        testThreads.spinUntilWaiting(0, receivers);
        assertEquals(receivers, sender.fill(new Integer[] {7, 8}, 0, receivers));
        assertNoWaiters();
        testThreads.join();
        assertEquals(receivers == 1 ? 7 : 15, sum.get());
    }

    /**
     * Holds as soon as the waking call has returned, of ends that park without a timeout: the waker
     * decrements the count.
     */
    private void assertNoWaiters() {
        assertTrue(mailbox.toString().matches(".*\\(0 as.*\\(0 as.*"), mailbox.toString());
    }

    @Test
    void theLastCloseOfASideEndsTheWaitingOfTheOther() throws Exception {
        for (boolean senderCloses : new boolean[] {true, false}) {
            prepare();
            ParkingEnds bare = new ParkingEnds();
            Sender<Integer> sender = setup.sender(mailbox, bare);
            Receiver<Integer> receiver = setup.receiver(mailbox, bare);
            if (senderCloses) {
                testThreads.start(() -> assertNull(receiver.receive()));
                if (setup.parks()) {
                    testThreads.spinUntilWaiting(0, 1);
                }
                sender.close();
            } else if (mailboxFlavor.fills()) {
                Setup.fill(sender);
                testThreads.start(() -> Setup.assertBreaks(() -> sender.send(9)));
                if (setup.parks()) {
                    testThreads.spinUntilWaiting(1, 0);
                }
                receiver.close();
            }
            testThreads.join();
            assertNoWaiters();
        }
    }

    @Test
    void afterTheLastReceiverClosedSendingIsBroken() {
        Receiver<Integer> receiver = setup.receiver(mailbox);
        Sender<Integer> sender = setup.sender(mailbox);
        assertEquals(mailboxFlavor.holds(), sender.trySend(1));
        receiver.close();
        receiver.close();
        assertEquals(mailboxFlavor.holds() && mailboxFlavor.hasOneTaker() ? 1 : 0, undelivered());
        assertThrows(BrokenChannelException.class, () -> sender.trySend(2));
        assertThrows(BrokenChannelException.class, () -> sender.send(2));
        assertThrows(BrokenChannelException.class, () -> sender.send(2, SHORT));
        assertThrows(IllegalStateException.class, () -> setup.receiver(mailbox));
        sender.close();
        assertThrows(IllegalStateException.class, () -> sender.trySend(2));
        assertEquals(0, mailbox.dropped());
        assertEquals(mailboxFlavor.holds() && mailboxFlavor.hasOneTaker() ? 1 : 0, undelivered());
    }

    @Test
    void aLateSenderOfABrokenMailboxGetsAnException() {
        setup.receiver(mailbox).close();
        Sender<Integer> late = setup.sender(mailbox);
        assertThrows(BrokenChannelException.class, () -> late.trySend(1));
        assertThrows(BrokenChannelException.class, () -> late.send(1));
        assertEquals(0, undelivered());
    }

    @Test
    void afterItsOwnCloseEveryMethodIsRefused() {
        Sender<Integer> sender = setup.sender(mailbox);
        Receiver<Integer> receiver = setup.receiver(mailbox);
        sender.close();
        sender.close();
        assertThrows(IllegalStateException.class, () -> sender.trySend(1));
        assertThrows(IllegalStateException.class, () -> sender.send(1));
        assertThrows(IllegalStateException.class, () -> sender.send(1, SHORT));
        assertThrows(IllegalStateException.class, () -> setup.sender(mailbox));
        assertTrue(receiver.isEndOfStream());
        receiver.close();
        assertThrows(IllegalStateException.class, receiver::tryReceive);
        assertThrows(IllegalStateException.class, receiver::receive);
        assertThrows(IllegalStateException.class, () -> receiver.receive(SHORT));
        assertThrows(IllegalStateException.class, () -> receiver.poll(m -> {}, 0));
        assertThrows(IllegalStateException.class, () -> receiver.iterator().hasNext());
        assertThrows(IllegalStateException.class, receiver::isEndOfStream);
    }

    @Test
    void nullIsRefused() {
        Sender<Integer> sender = setup.sender(mailbox);
        Receiver<Integer> receiver = setup.receiver(mailbox);
        assertThrows(NullPointerException.class, () -> sender.trySend(null));
        assertThrows(NullPointerException.class, () -> sender.send(null));
        assertThrows(NullPointerException.class, () -> sender.send(null, SHORT));
        assertThrows(NullPointerException.class, () -> sender.send(1, null));
        assertThrows(NullPointerException.class, () -> receiver.receive(null));
        assertThrows(NullPointerException.class, () -> receiver.poll(null, 1));
        assertThrows(IllegalArgumentException.class, () -> receiver.poll(m -> {}, -1));
        assertNull(receiver.tryReceive());
    }

    @Test
    void itSaysWhatItIs() {
        int asked = mailboxFlavor.spec().capacity();
        assertEquals(asked, mailbox.capacity(), mailbox.toString());
        String text =
                mailboxFlavor == MailboxFlavor.UNBOUNDED ? "unbounded" : "" + mailbox.capacity();
        assertTrue(mailbox.toString().startsWith("Mailbox[capacity=" + text + ","));
        assertTrue(mailbox.toString().contains("size=0"), mailbox.toString());
    }
}
