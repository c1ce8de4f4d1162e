package io.sluice.bench;

import io.sluice.Mailbox;
import io.sluice.Receiver;
import io.sluice.Sender;
import org.agrona.concurrent.BusySpinIdleStrategy;

/** Sluice's mailbox, used like the others: with its non-blocking calls. */
final class SluiceObjects implements ObjectSubject {
    private final Mailbox<Message> mailbox;

    SluiceObjects(Mailbox<Message> mailbox) {
        this.mailbox = mailbox;
    }

    @Override
    public SubjectSender sender(int number) {
        Sender<Message> sender = mailbox.sender(BusySpinIdleStrategy.INSTANCE);
        return sequence -> sender.trySend(Message.of(number, sequence));
    }

    @Override
    public SubjectReceiver receiver(ObjectTally tally) {
        Receiver<Message> receiver = mailbox.receiver(BusySpinIdleStrategy.INSTANCE);
        return limit -> {
            for (int i = 0; i < limit; i++) {
                Message message = receiver.tryReceive();
                if (message == null) {
                    return i;
                }
                tally.accept(message);
            }
            return limit;
        };
    }
}
