package io.sluice.mailbox;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.sluice.MailboxSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A broadcast between threads: receivers that are overtaken, and receivers that join. */
public final class BroadcastStress {
    private static final int MESSAGES = 6;
    private static final String OK = "ok";

    private BroadcastStress() {}

    /**
     * Edges BROADCAST, BROADCAST_SLOT and BROADCAST_INTENT: in a broadcast of one place a sender
     * overwrites what a lossy receiver reads, a lap later. What it gets is the message at its
     * position, as the sender wrote it, and what it has not got is counted.
     */
    @JCStressTest
    @Outcome(id = OK, expect = ACCEPTABLE, desc = "each message whole, at its position")
    @Outcome(id = "gap", expect = ACCEPTABLE, desc = "the same, with a gap that is counted")
    @Outcome(expect = FORBIDDEN, desc = "torn, out of order, or an uncounted gap")
    @State
    public static class MailboxLap {
        /** A message whose content is not final. */
        private static final class Numbered {
            int number = -1;
        }

        private final Sender<Numbered> sender;
        private final Receiver<Numbered> receiver;

        /** Creates a mailbox with both ends. */
        public MailboxLap() {
            BroadcastMailbox<Numbered> mailbox = new BroadcastMailbox<>(MailboxSpec.broadcast(1));
            receiver = mailbox.lossyReceiver(BusySpinIdleStrategy.INSTANCE);
            sender = mailbox.sender(BusySpinIdleStrategy.INSTANCE);
        }

        /** Sends. */
        @Actor
        public void sender() {
            for (int i = 0; i < MESSAGES; i++) {
                Numbered message = new Numbered();
                message.number = i;
                sender.trySend(message);
            }
        }

        /** Receives some of them. */
        @Actor
        public void receiver(L_Result r) {
            String outcome = OK;
            int received = 0;
            for (int i = 0; i < MESSAGES; i++) {
                Numbered message = receiver.tryReceive();
                if (message != null && message.number != received++ + receiver.lost()) {
                    outcome = message.number + " at " + (received - 1 + receiver.lost());
                }
            }
            r.r1 = outcome.equals(OK) && receiver.lost() > 0 ? "gap" : outcome;
        }
    }

    /**
     * Edge BROADCAST_GATE, and the store of a new gate against the load of the index: a gated
     * receiver joins a broadcast of one place while its sender, which nothing holds up, sends.
     */
    @JCStressTest
    @Outcome(id = OK, expect = ACCEPTABLE, desc = "each message from where it joined on")
    @Outcome(expect = FORBIDDEN, desc = "a message was overwritten before it was received")
    @State
    public static class MailboxJoin {
        private final BroadcastRing<Integer> ring = new BroadcastRing<>(1, true);
        private final long[] receiver = BroadcastRing.newReceiverWords();

        /** Creates a ring that a lossy receiver has joined. */
        public MailboxJoin() {
            ring.join(BroadcastRing.newReceiverWords(), false);
        }

        /** Sends message i as the number i. */
        @Actor
        public void sender() {
            int next = 0;
            for (int i = 0; i < 2 * MESSAGES; i++) {
                if (ring.offerAlone(next)) {
                    next++;
                }
            }
        }

        /** Joins, and receives what is sent from then on. */
        @Actor
        public void receiver(L_Result r) {
            r.r1 = OK;
            ring.join(receiver, true);
            long position = receiver[BroadcastRing.POSITION];
            for (int i = 0; i < MESSAGES; i++) {
                if (ring.published(position) > position) {
                    int message = (Integer) ring.slots[(int) position & ring.mask];
                    if (message != position) {
                        r.r1 = message + " at " + position;
                    }
                    BroadcastRing.pass(receiver, position++);
                }
            }
        }
    }
}
