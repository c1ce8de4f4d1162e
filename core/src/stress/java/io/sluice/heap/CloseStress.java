package io.sluice.heap;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.sluice.BrokenChannelException;
import io.sluice.Ends;
import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Close against send, from both sides. */
public final class CloseStress {
    private CloseStress() {}

    /**
     * Edge BROKEN. What was sent when the last receiver closes is handed over, once; what was
     * refused is not; and what was received before is not either, though a sender that is refused
     * polls the queue.
     */
    @JCStressTest
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "sent, and handed over")
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "refused")
    @Outcome(expect = FORBIDDEN, desc = "lost, or handed over twice, or though received")
    @State
    public static class Undeliverable {
        private final AtomicIntegerArray undelivered = new AtomicIntegerArray(2);
        private final Sender<Integer> sender;
        private final Receiver<Integer> receiver;

        /** A mailbox with both ends, and a message. */
        public Undeliverable() {
            MailboxSpec spec = MailboxSpec.bounded(2).senders(Ends.ONE).receivers(Ends.ONE);
            Mailbox<Integer> mailbox = Mailbox.create(spec, undelivered::incrementAndGet);
            sender = mailbox.sender();
            receiver = mailbox.receiver();
            sender.trySend(0);
        }

        /** Sends, and closes. */
        @Actor
        public void sender(III_Result r) {
            try {
                r.r1 = sender.trySend(1) ? 1 : 0;
            } catch (BrokenChannelException e) {
                r.r1 = 0;
            }
            sender.close();
        }

        /** Receives the first, and closes. */
        @Actor
        public void receiver() {
            receiver.tryReceive();
            receiver.close();
        }

        /** How many were handed over, of the second and of the first. */
        @Arbiter
        public void undelivered(III_Result r) {
            r.r2 = undelivered.get(1);
            r.r3 = undelivered.get(0);
        }
    }

    /** The end of a queue comes after its last message. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not sent yet")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "sent, and the sender is there")
    @Outcome(expect = FORBIDDEN, desc = "the end before the last message")
    @State
    public static class Ended {
        private final Sender<Integer> sender;
        private final Receiver<Integer> receiver;

        /** A mailbox with both ends. */
        public Ended() {
            Mailbox<Integer> mailbox = Mailbox.bounded(2);
            sender = mailbox.sender();
            receiver = mailbox.receiver();
        }

        /** Sends, and closes. */
        @Actor
        public void sender() {
            sender.trySend(1);
            sender.close();
        }

        /** Asks for the end, then looks. */
        @Actor
        public void receiver(II_Result r) {
            r.r1 = receiver.ended() ? 1 : 0;
            r.r2 = receiver.tryReceive() == null ? 0 : 1;
        }
    }

    /** A sender that waits in a rendezvous and sees the break has not sent, and if not it has. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "received before the close")
    @Outcome(id = "-1, 0", expect = ACCEPTABLE, desc = "broken")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "given up")
    @Outcome(expect = FORBIDDEN, desc = "lost, or received and not sent")
    @State
    public static class Broken {
        private final Encounter encounter = new Encounter();

        /** Offers. */
        @Actor
        public void sender(II_Result r) {
            r.r1 = encounter.send(1);
        }

        /** Takes what is offered, and closes. */
        @Actor
        public void receiver(II_Result r) {
            r.r2 = encounter.tryReceive();
            encounter.closeReceiver();
        }
    }

    /** A receiver that waits in a rendezvous gets the last message, though its sender closes. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "handed over")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "nobody waited")
    @Outcome(expect = FORBIDDEN, desc = "the end before the last message")
    @State
    public static class LastHandOver {
        private final Encounter encounter = new Encounter();

        /** Gives to whoever waits, and closes. */
        @Actor
        public void sender(II_Result r) {
            r.r1 = encounter.trySend(1);
            encounter.closeSender();
        }

        /** Waits for a message, or the end. */
        @Actor
        public void receiver(II_Result r) {
            r.r2 = encounter.receive();
        }
    }
}
