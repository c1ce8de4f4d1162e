package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** With many threads: order, no loss, no duplicates, and the exact end of the stream. */
class MailboxFlowTest {
    private static final int MESSAGES = Proof.size(1_000, 100_000);
    private static final int ROUNDS = Proof.size(150, 2_000);

    static List<Arguments> flows() {
        List<Arguments> flows = new ArrayList<>();
        for (Setup setup : Setup.all()) {
            for (int senders = 1; senders <= (setup.senders() == Ends.ONE ? 1 : 2); senders++) {
                for (int r = 1; r <= (setup.receivers() == Ends.ONE ? 1 : 2); r++) {
                    flows.add(Arguments.of(setup, senders, r, 2));
                    flows.add(Arguments.of(setup, senders, r, 64));
                }
            }
        }
        return flows;
    }

    static List<Setup> setups() {
        return Setup.all();
    }

    @ParameterizedTest
    @MethodSource("flows")
    void keepsEachSendersOrderAndLosesAndDuplicatesNothing(
            Setup setup, int senders, int receivers, int capacity) throws InterruptedException {
        Mailbox<Long> mailbox = setup.mailbox(capacity);
        TestThreads testThreads = new TestThreads(mailbox);
        int each = MESSAGES / senders;
        AtomicIntegerArray seen = new AtomicIntegerArray(senders * each);
        for (int s = 0; s < senders; s++) {
            int id = s;
            Sender<Long> sender = setup.sender(mailbox);
            testThreads.start(
                    () -> {
                        Long[] messages = new Long[8];
                        for (int i = 0; i < each; ) {
                            long first = (long) id << 32 | i;
                            Arrays.setAll(messages, m -> first + m);
                            int length = Math.min(messages.length, each - i);
                            int sent = sender.fill(messages, 0, length);
                            if (sent < length) {
                                sender.send(messages[sent++]);
                            }
                            i += sent;
                        }
                        sender.close();
                    });
        }
        List<Receiver<Long>> opened = new ArrayList<>(); // All, before one reaches the end.
        for (int r = 0; r < receivers; r++) {
            opened.add(setup.receiver(mailbox));
        }
        for (Receiver<Long> receiver : opened) {
            testThreads.start(() -> receiveAll(receiver, senders, each, seen));
        }
        testThreads.join();
        for (int i = 0; i < seen.length(); i++) {
            assertEquals(1, seen.get(i), "message " + i + " of " + mailbox);
        }
    }

    private static void receiveAll(
            Receiver<Long> receiver, int senders, int each, AtomicIntegerArray seen)
            throws InterruptedException {
        int[] last = new int[senders];
        Arrays.fill(last, -1);
        Consumer<Long> check =
                message -> {
                    int id = (int) (message >>> 32);
                    int number = message.intValue();
                    assertTrue(number > last[id], number + " came after " + last[id]);
                    last[id] = number;
                    seen.incrementAndGet(id * each + number);
                };
        for (Long message; (message = receiver.receive()) != null; ) {
            check.accept(message);
            receiver.poll(check, 5);
        }
        assertTrue(receiver.isEndOfStream());
        receiver.close();
    }

    /** A close right after the last message does not end the stream early. */
    @ParameterizedTest
    @MethodSource("setups")
    void theEndComesAfterTheLastMessageAndNeverBefore(Setup setup) throws InterruptedException {
        for (int round = 0; round < ROUNDS; round++) {
            Mailbox<Integer> mailbox = setup.mailbox(4);
            Sender<Integer> sender = setup.sender(mailbox);
            Receiver<Integer> receiver = setup.receiver(mailbox);
            TestThreads testThreads = new TestThreads(mailbox);
            testThreads.start(
                    () -> {
                        sender.send(1);
                        sender.send(2);
                        sender.close();
                    });
            int[] got = new int[3];
            for (int i = 0; i < 2; i++) {
                Integer message = receiver.receive();
                got[i] = message == null ? -1 : message;
            }
            assertArrayEquals(new int[] {1, 2, 0}, got, () -> mailbox.toString());
            assertNull(receiver.receive());
            testThreads.join();
        }
    }
}
