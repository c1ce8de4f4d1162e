package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/** Many messages through selects without a safeguard timeout: one lost wake-up is a hang. */
class SelectFlowTest {
    private static final int MESSAGES = Proof.size(100_000, 1_000_000);
    private static final int MAILBOXES = 3;

    private final List<Mailbox<Integer>> mailboxes = new ArrayList<>();
    private final TestThreads testThreads = new TestThreads(mailboxes);

    private static void pause(SplittableRandom random) {
        for (int spins = random.nextInt(1000); spins > 800; spins--) {
            Thread.onSpinWait();
        }
    }

    /** A clause that did not win has neither received nor sent a message. */
    @Test
    void everyMessageArrivesOnceWhicheverSelectReceivesIt() throws InterruptedException {
        for (int i = 0; i < MAILBOXES; i++) {
            mailboxes.add(Mailbox.create(MailboxSpec.bounded(1 << i).receivers(Ends.MANY)));
        }
        AtomicIntegerArray received = new AtomicIntegerArray(MESSAGES);
        List<List<Sender<Integer>>> senders = List.of(new ArrayList<>(), new ArrayList<>());
        // Opens all ends before the first thread starts: else its senders may be the last ones.
        List<TestThreads.Work> work = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
            SelectBuilder out = Select.builder();
            SelectBuilder in = Select.builder();
            int[] next = {t};
            for (Mailbox<Integer> mailbox : mailboxes) {
                Sender<Integer> sender = mailbox.sender();
                senders.get(t).add(sender);
                out.send(sender, () -> next[0], () -> next[0] += 2);
                in.receive(mailbox.receiver(), received::incrementAndGet);
            }
            Select sending = WakeupOnlySelects.build(out);
            Select receiving = WakeupOnlySelects.build(in);
            List<Sender<Integer>> own = senders.get(t);
            SplittableRandom random = new SplittableRandom(t);
            work.add(
                    () -> {
                        while (next[0] < MESSAGES) {
                            sending.select();
                            pause(random);
                        }
                        own.forEach(Sender::close);
                    });
            SplittableRandom another = new SplittableRandom(2 + t);
            work.add(
                    () -> {
                        while (receiving.select() != Select.NONE) {
                            pause(another);
                        }
                    });
        }
        work.forEach(testThreads::start);
        testThreads.join();
        for (int i = 0; i < MESSAGES; i++) {
            assertEquals(1, received.get(i), "message " + i);
        }
        Proof.SELECTED.add(MESSAGES, "lost 0, doubled 0");
        for (Mailbox<Integer> mailbox : mailboxes) {
            assertTrue(mailbox.toString().matches(".*\\(0 as.*\\(0 as.*"), mailbox.toString());
        }
    }
}
