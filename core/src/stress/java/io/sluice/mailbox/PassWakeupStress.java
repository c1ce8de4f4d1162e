package io.sluice.mailbox;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.sluice.Ends;
import io.sluice.MailboxSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.wait.ParkingWaiter;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.time.Duration;
import java.util.Queue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * An end that times out against the end that wakes it, with another waiter enqueued behind it: the
 * wake-up is used or passed on. Edges WAITING and WOKEN.
 */
public final class PassWakeupStress {
    private static final Duration TIME = Duration.ofDays(1); // The waiter ends the wait.

    private PassWakeupStress() {}

    /** A waiter that is enqueued before its end waits, and times out at its first pause. */
    private static final class EnqueuedWaiter implements Waiter {
        private final ParkingWaiter waiter;

        EnqueuedWaiter(WaitQueue waitQueue) {
            waiter = ParkingWaiter.withoutSpinning(Long.MAX_VALUE, waitQueue);
            waiter.start(NO_TIMEOUT);
            try {
                waiter.pause();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void start(long nanos) {}

        @Override
        public boolean pause() {
            return false;
        }

        @Override
        public boolean stop() {
            return waiter.stop();
        }
    }

    /** Two receivers, of which the first times out when the message arrives. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "received; no other need be awake")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "received, and the second woken in vain")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "out of time, and the second woken")
    @Outcome(expect = FORBIDDEN, desc = "a message is there, and the second sleeps")
    @State
    public static class Receiving {
        private final QueueMailbox<Integer> mailbox =
                new QueueMailbox<>(MailboxSpec.bounded(2).receivers(Ends.MANY), message -> {});
        private final Queue<Integer> queue = mailbox.queue;
        private final WaitQueue senders = mailbox.waitingSenders;
        private final WaitQueue receivers = mailbox.waitingReceivers;
        private final Sender<Integer> sender = mailbox.newSender(waitQueue -> null);
        private final Receiver<Integer> first =
                mailbox.newReceiver(waitQueue -> new EnqueuedWaiter(receivers));
        private final EnqueuedWaiter second = new EnqueuedWaiter(receivers);

        /** Sends. */
        @Actor
        public void sender() {
            sender.trySend(1);
        }

        /** Receives with a timeout. */
        @Actor
        public void receiver(II_Result r) {
            try {
                r.r1 = first.receive(TIME) == null ? 0 : 1;
            } catch (InterruptedException e) {
                r.r1 = -1;
            }
        }

        /** Tests whether the second sleeps. */
        @Arbiter
        public void waiting(II_Result r) {
            r.r2 = receivers.count();
            second.stop();
        }
    }

    /** Two senders, of which the first times out when room appears. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "sent; no other need be awake")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "sent, and the second woken in vain")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "out of time, and the second woken")
    @Outcome(expect = FORBIDDEN, desc = "there is room, and the second sleeps")
    @State
    public static class Sending {
        private final QueueMailbox<Integer> mailbox =
                new QueueMailbox<>(MailboxSpec.bounded(2).receivers(Ends.MANY), message -> {});
        private final Queue<Integer> queue = mailbox.queue;
        private final WaitQueue senders = mailbox.waitingSenders;
        private final WaitQueue receivers = mailbox.waitingReceivers;
        private final Receiver<Integer> receiver = mailbox.newReceiver(waitQueue -> null);
        private final Sender<Integer> first =
                mailbox.newSender(waitQueue -> new EnqueuedWaiter(senders));
        private final EnqueuedWaiter second = new EnqueuedWaiter(senders);

        /** Fills the mailbox. */
        public Sending() {
            for (int i = 0; queue.offer(i); i++) {}
        }

        /** Makes room. */
        @Actor
        public void receiver() {
            receiver.tryReceive();
        }

        /** Sends with a timeout. */
        @Actor
        public void sender(II_Result r) {
            try {
                r.r1 = first.send(9, TIME) ? 1 : 0;
            } catch (InterruptedException e) {
                r.r1 = -1;
            }
        }

        /** Tests whether the second sleeps. */
        @Arbiter
        public void waiting(II_Result r) {
            r.r2 = senders.count();
            second.stop();
        }
    }
}
