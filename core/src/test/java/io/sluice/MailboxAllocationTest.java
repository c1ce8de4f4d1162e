package io.sluice;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A message costs no allocation. */
class MailboxAllocationTest {
    private static final int MESSAGES = 100_000;
    private static final Object MESSAGE = new Object();
    private static final Consumer<Object> HANDLER = m -> assertSame(MESSAGE, m);

    static List<Setup> setups() {
        return Setup.all();
    }

    @ParameterizedTest
    @MethodSource("setups")
    void sendAndReceiveAllocateNothing(Setup setup) throws InterruptedException {
        Mailbox<Object> mailbox = setup.mailbox(64);
        Sender<Object> sender = setup.sender(mailbox);
        Receiver<Object> receiver = setup.receiver(mailbox);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        pass(sender, receiver);
        long before = threads.getCurrentThreadAllocatedBytes();
        pass(sender, receiver);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < MESSAGES / 10, allocated + " bytes for " + 3 * MESSAGES);
    }

    private static void pass(Sender<Object> sender, Receiver<Object> receiver)
            throws InterruptedException {
        for (int i = 0; i < MESSAGES; i++) {
            sender.send(MESSAGE);
            assertSame(MESSAGE, receiver.receive());
            sender.trySend(MESSAGE);
            assertSame(MESSAGE, receiver.tryReceive());
            sender.trySend(MESSAGE);
            receiver.drain(HANDLER, 1);
        }
    }
}
