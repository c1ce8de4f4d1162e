package io.sluice.mailbox;

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

/** Closing against sending, from both sides. */
public final class CloseStress {
    private CloseStress() {}

    /**
     * Edge BROKEN. A message sent before the last receiver closes is handed over as undeliverable,
     * once; a refused message is not, nor is one received before, although a sender that is refused
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

        /** Creates a mailbox with both ends and a message. */
        public Undeliverable() {
            MailboxSpec spec = MailboxSpec.bounded(2).senders(Ends.ONE).receivers(Ends.ONE);
            Mailbox<Integer> mailbox = Mailbox.create(spec, undelivered::incrementAndGet);
            sender = mailbox.sender();
            receiver = mailbox.receiver();
            sender.trySend(0);
        }

        /** Sends, then closes. */
        @Actor
        public void sender(III_Result r) {
            try {
                r.r1 = sender.trySend(1) ? 1 : 0;
            } catch (BrokenChannelException e) {
                r.r1 = 0;
            }
            sender.close();
        }

        /** Receives the first message, then closes. */
        @Actor
        public void receiver() {
            receiver.tryReceive();
            receiver.close();
        }

        /** Counts how often the second and the first message were handed over. */
        @Arbiter
        public void undelivered(III_Result r) {
            r.r2 = undelivered.get(1);
            r.r3 = undelivered.get(0);
        }
    }

    /** End of stream follows the last message. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not sent yet")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "sent, and the sender is there")
    @Outcome(expect = FORBIDDEN, desc = "the end before the last message")
    @State
    public static class EndOfStream {
        private final Sender<Integer> sender;
        private final Receiver<Integer> receiver;

        /** Creates a mailbox with both ends. */
        public EndOfStream() {
            Mailbox<Integer> mailbox = Mailbox.create(MailboxSpec.bounded(2).receivers(Ends.MANY));
            sender = mailbox.sender();
            receiver = mailbox.receiver();
        }

        /** Sends, then closes. */
        @Actor
        public void sender() {
            sender.trySend(1);
            sender.close();
        }

        /** Tests for the end of the stream, then receives. */
        @Actor
        public void receiver(II_Result r) {
            r.r1 = receiver.isEndOfStream() ? 1 : 0;
            r.r2 = receiver.tryReceive() == null ? 0 : 1;
        }
    }

    /** A blocked rendezvous sender that finds the channel broken has not sent. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "received before the close")
    @Outcome(id = "-1, 0", expect = ACCEPTABLE, desc = "broken")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "given up")
    @Outcome(expect = FORBIDDEN, desc = "lost, or received and not sent")
    @State
    public static class Broken {
        private final TimedRendezvous timedRendezvous = new TimedRendezvous();

        /** Sends, blocking. */
        @Actor
        public void sender(II_Result r) {
            r.r1 = timedRendezvous.send(1);
        }

        /** Tries to receive the offer, then closes. */
        @Actor
        public void receiver(II_Result r) {
            r.r2 = timedRendezvous.tryReceive();
            timedRendezvous.closeReceiver();
        }
    }

    /** A blocked rendezvous receiver gets the last message, although its sender closes. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "handed over")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "no end waited")
    @Outcome(expect = FORBIDDEN, desc = "the end before the last message")
    @State
    public static class LastHandOver {
        private final TimedRendezvous timedRendezvous = new TimedRendezvous();

        /** Sends if a receiver waits, then closes. */
        @Actor
        public void sender(II_Result r) {
            r.r1 = timedRendezvous.trySend(1);
            timedRendezvous.closeSender();
        }

        /** Waits for a message or the end of the stream. */
        @Actor
        public void receiver(II_Result r) {
            r.r2 = timedRendezvous.receive();
        }
    }
}
