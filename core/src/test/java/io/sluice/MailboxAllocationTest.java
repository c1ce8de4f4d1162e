package io.sluice;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A message allocates nothing while no end sleeps and the mailbox does not grow. */
class MailboxAllocationTest {
    private static final int MESSAGES = Proof.size(20_000, 100_000);
    private static final int HAND_OVERS = Proof.size(8_000, MESSAGES);
    private static final Object MESSAGE = new Object();
    private static final Object[] ONE = {MESSAGE};
    private static final Consumer<Object> HANDLER = m -> assertSame(MESSAGE, m);

    record AllocationCase(MailboxFlavor flavor, Setup setup) {}

    static List<AllocationCase> bounded() {
        return Stream.of(MailboxFlavor.values())
                .filter(f -> f.holds() && f != MailboxFlavor.UNBOUNDED)
                .flatMap(f -> Setup.all().stream().map(setup -> new AllocationCase(f, setup)))
                .toList();
    }

    static List<Setup> spinning() {
        return Setup.all().stream().filter(s -> !s.parks()).toList();
    }

    private static void assertNothing(long allocated) {
        assertTrue(allocated < MESSAGES / 10, allocated + " bytes for " + 4 * MESSAGES);
    }

    @ParameterizedTest
    @MethodSource("bounded")
    void sendAndReceiveAllocateNothing(AllocationCase allocationCase) throws InterruptedException {
        Setup setup = allocationCase.setup();
        Mailbox<Object> mailbox = Mailbox.create(setup.spec(allocationCase.flavor().spec()));
        Sender<Object> sender = setup.sender(mailbox);
        Receiver<Object> receiver = setup.receiver(mailbox);
        pass(sender, receiver);
        long before = Allocation.bytes();
        pass(sender, receiver);
        assertNothing(Allocation.bytes() - before);
    }

    private static void pass(Sender<Object> sender, Receiver<Object> receiver)
            throws InterruptedException {
        for (int i = 0; i < MESSAGES; i++) {
            sender.send(MESSAGE);
            assertSame(MESSAGE, receiver.receive());
            sender.trySend(MESSAGE);
            assertSame(MESSAGE, receiver.tryReceive());
            sender.trySend(MESSAGE);
            receiver.poll(HANDLER, 1);
            sender.fill(ONE, 0, 1);
            receiver.poll(HANDLER, 1);
        }
    }

    /** A send to a full mailbox, or a dropped message, allocates nothing either. */
    @ParameterizedTest
    @MethodSource("bounded")
    void aFullMailboxAllocatesNothing(AllocationCase allocationCase) {
        Setup setup = allocationCase.setup();
        Mailbox<Object> mailbox = Mailbox.create(setup.spec(allocationCase.flavor().spec()));
        Sender<Object> sender = setup.sender(mailbox);
        for (int i = 0; i < MESSAGES; i++) {
            sender.trySend(MESSAGE);
        }
        long before = Allocation.bytes();
        for (int i = 0; i < MESSAGES; i++) {
            sender.trySend(MESSAGE);
        }
        assertNothing(Allocation.bytes() - before);
    }

    @ParameterizedTest
    @MethodSource("spinning")
    void aHandOverAllocatesNothing(Setup setup) throws InterruptedException {
        Mailbox<Object> mailbox =
                Mailbox.create(setup.spec(MailboxSpec.rendezvous().receivers(Ends.MANY)));
        Sender<Object> sender = setup.sender(mailbox);
        Receiver<Object> receiver = setup.receiver(mailbox);
        AtomicLong allocated = new AtomicLong();
        TestThreads testThreads = new TestThreads(mailbox);
        testThreads.start(
                () -> {
                    long before = 0;
                    for (int i = 0; i < 2 * HAND_OVERS; i++) {
                        if (i == HAND_OVERS) {
                            before = Allocation.bytes();
                        }
                        sender.send(MESSAGE);
                    }
                    allocated.addAndGet(Allocation.bytes() - before);
                });
        testThreads.start(
                () -> {
                    long before = 0;
                    for (int i = 0; i < 2 * HAND_OVERS; i++) {
                        if (i == HAND_OVERS) {
                            before = Allocation.bytes();
                        }
                        assertSame(MESSAGE, receiver.receive());
                    }
                    allocated.addAndGet(Allocation.bytes() - before);
                });
        testThreads.join();
        assertNothing(allocated.get());
    }
}
