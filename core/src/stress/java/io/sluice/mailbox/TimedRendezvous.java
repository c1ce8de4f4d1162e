package io.sluice.mailbox;

import io.sluice.BrokenChannelException;
import io.sluice.Ends;
import io.sluice.MailboxSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import java.time.Duration;

/** A rendezvous with one end on each side, both with short timeouts. */
final class TimedRendezvous {
    private static final Duration LONG = Duration.ofDays(1);
    private static final int MAX_PAUSES = 40;

    private final Sender<Integer> sender;
    private final Receiver<Integer> receiver;

    TimedRendezvous() {
        RendezvousMailbox<Integer> mailbox =
                new RendezvousMailbox<>(MailboxSpec.rendezvous().receivers(Ends.MANY));
        sender = mailbox.openSender(waitQueue -> new PauseLimitedWaiter(MAX_PAUSES));
        receiver = mailbox.openReceiver(waitQueue -> new PauseLimitedWaiter(MAX_PAUSES));
    }

    /** Sends a message with a timeout; returns 1 if it was sent, 0 if not, -1 if broken. */
    int send(int message) {
        try {
            return sender.send(message, LONG) ? 1 : 0;
        } catch (BrokenChannelException e) {
            return -1;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    int trySend(int message) {
        return sender.trySend(message) ? 1 : 0;
    }

    /** Receives with a timeout; returns the message, or 0. */
    int receive() {
        try {
            return orZero(receiver.receive(LONG));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    int tryReceive() {
        return orZero(receiver.tryReceive());
    }

    private static int orZero(Integer message) {
        return message == null ? 0 : message;
    }

    boolean isEndOfStream() {
        return receiver.isEndOfStream();
    }

    void closeSender() {
        sender.close();
    }

    void closeReceiver() {
        receiver.close();
    }
}
