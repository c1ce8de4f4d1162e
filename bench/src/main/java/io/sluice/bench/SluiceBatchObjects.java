package io.sluice.bench;

import io.sluice.Mailbox;
import io.sluice.Receiver;
import io.sluice.Sender;
import org.agrona.concurrent.BusySpinIdleStrategy;

/** Sluice's mailbox, used in batches: {@code fill} and {@code poll}. */
final class SluiceBatchObjects implements ObjectSubject {
    private final Mailbox<Message> mailbox;

    SluiceBatchObjects(Mailbox<Message> mailbox) {
        this.mailbox = mailbox;
    }

    @Override
    public SubjectSender sender(int number) {
        Sender<Message> sender = mailbox.sender(BusySpinIdleStrategy.INSTANCE);
        Message[] messages = Message.ofSender(number);
        return new SubjectSender() {
            @Override
            public boolean trySend(long sequence) {
                return sender.trySend(Message.of(number, sequence));
            }

            @Override
            public int trySendSome(long sequence) {
                int first = Message.of(number, sequence).number;
                return sender.fill(messages, first, Math.min(BATCH, messages.length - first));
            }
        };
    }

    @Override
    public SubjectReceiver receiver(ObjectTally tally) {
        Receiver<Message> receiver = mailbox.receiver(BusySpinIdleStrategy.INSTANCE);
        return limit -> receiver.poll(tally::accept, limit);
    }
}
