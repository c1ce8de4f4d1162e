package io.sluice.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Ends;
import io.sluice.MailboxSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.wait.ParkingWaiter;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** A woken end that leaves without using its wake-up passes it to the next waiter. */
class PassWakeupTest {
    private final QueueMailbox<Integer> mailbox =
            new QueueMailbox<>(MailboxSpec.bounded(4).receivers(Ends.MANY), message -> {});
    private final Queue<Integer> queue = mailbox.queue;
    private final WaitQueue senders = mailbox.waitingSenders;
    private final WaitQueue receivers = mailbox.waitingReceivers;

    /** A waiter that is woken and interrupted at the same time, after its end's last check. */
    private record WokenAndInterrupted(Runnable meanwhile) implements Waiter {
        @Override
        public void start(long nanos) {}

        @Override
        public boolean pause() throws InterruptedException {
            meanwhile.run();
            throw new InterruptedException();
        }

        @Override
        public boolean stop() {
            return true;
        }
    }

    private static ParkingWaiter enqueued(WaitQueue waitQueue) throws InterruptedException {
        ParkingWaiter waiter = new ParkingWaiter(waitQueue);
        int before = waitQueue.count();
        waiter.start(Waiter.NO_TIMEOUT);
        while (waitQueue.count() == before) {
            assertTrue(waiter.pause());
        }
        return waiter;
    }

    @Test
    void anInterruptedReceiverWakesTheNextOne() throws InterruptedException {
        enqueued(receivers);
        Waiter waiter = new WokenAndInterrupted(() -> queue.offer(1));
        Receiver<Integer> receiver = mailbox.newReceiver(waitQueue -> waiter);
        assertThrows(InterruptedException.class, receiver::receive);
        assertEquals(0, receivers.count());
        assertEquals(1, queue.poll());
    }

    @Test
    void anInterruptedSenderWakesTheNextOne() throws InterruptedException {
        enqueued(senders);
        for (int i = 0; queue.offer(i); i++) {}
        Waiter waiter = new WokenAndInterrupted(queue::poll);
        Sender<Integer> sender = mailbox.newSender(waitQueue -> waiter);
        assertThrows(InterruptedException.class, () -> sender.send(9));
        assertEquals(0, senders.count());
        assertEquals(3, queue.size());
    }

    @Test
    void aReceiverThatWasWokenSpuriouslyWakesNoOther() throws InterruptedException {
        enqueued(receivers);
        Waiter waiter = new WokenAndInterrupted(() -> {});
        Receiver<Integer> receiver = mailbox.newReceiver(waitQueue -> waiter);
        assertThrows(InterruptedException.class, receiver::receive);
        assertEquals(1, receivers.count());
        assertNull(queue.poll());
    }

    @Test
    void stopReturnsWhetherTheWaiterWasWoken() throws InterruptedException {
        ParkingWaiter first = enqueued(receivers);
        ParkingWaiter second = enqueued(receivers);
        ParkingWaiter third = enqueued(receivers);
        assertEquals(3, receivers.count());
        assertFalse(second.stop());
        assertEquals(2, receivers.count());
        receivers.wakeOne();
        assertEquals(1, receivers.count());
        assertTrue(first.stop(), "the first in is the first woken");
        assertFalse(first.stop(), "a wake-up is told once");
        receivers.wakeAll();
        assertEquals(0, receivers.count());
        assertTrue(third.stop());
        receivers.wakeOne();
        assertEquals(0, receivers.count());
    }
}
