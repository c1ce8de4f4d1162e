package io.sluice.mailbox;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * A broadcast of one place, in which a sender overwrites what a lossy receiver reads, a lap later.
 * What it gets is the message at its position, as the sender wrote it, and what it has not got is
 * counted.
 */
@JCStressTest
@Outcome(id = "ok", expect = ACCEPTABLE, desc = "each message whole, at its position")
@Outcome(expect = FORBIDDEN, desc = "torn, out of order, or an uncounted gap")
@State
public class BroadcastStress {
    private static final int MESSAGES = 6;

    /** A message whose content is not final. */
    private static final class Numbered {
        int number = -1;
    }

    private final Mailbox<Numbered> mailbox = Mailbox.create(MailboxSpec.broadcast(1));
    private final Sender<Numbered> sender = mailbox.sender();
    private final Receiver<Numbered> receiver = mailbox.lossyReceiver();

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
        r.r1 = "ok";
        int received = 0;
        for (int i = 0; i < MESSAGES; i++) {
            Numbered message = receiver.tryReceive();
            if (message != null && message.number != received++ + receiver.lost()) {
                r.r1 = message.number + " after " + received + " and " + receiver.lost() + " lost";
            }
        }
    }
}
