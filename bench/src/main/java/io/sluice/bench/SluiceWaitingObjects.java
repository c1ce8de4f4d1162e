package io.sluice.bench;

import io.sluice.BrokenChannelException;
import io.sluice.Mailbox;
import io.sluice.Receiver;
import io.sluice.Sender;
import org.agrona.concurrent.BusySpinIdleStrategy;

/**
 * Sluice's mailbox with its blocking calls: with the default way to wait, which sleeps, or
 * spinning.
 */
final class SluiceWaitingObjects implements ObjectSubject {
    private final Mailbox<Message> mailbox;
    private final boolean spins;

    SluiceWaitingObjects(Mailbox<Message> mailbox, boolean spins) {
        this.mailbox = mailbox;
        this.spins = spins;
    }

    @Override
    public SubjectSender sender(int number) {
        Sender<Message> sender =
                spins ? mailbox.sender(BusySpinIdleStrategy.INSTANCE) : mailbox.sender();
        return new SubjectSender() {
            @Override
            public boolean trySend(long sequence) {
                try {
                    sender.send(Message.of(number, sequence));
                    return true;
                } catch (BrokenChannelException e) {
                    return false;
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public void closeSender() {
                sender.close();
            }
        };
    }

    @Override
    public SubjectReceiver receiver(ObjectTally tally) {
        Receiver<Message> receiver =
                spins ? mailbox.receiver(BusySpinIdleStrategy.INSTANCE) : mailbox.receiver();
        return new SubjectReceiver() {
            @Override
            public int poll(int limit) {
                try {
                    for (int i = 0; i < limit; i++) {
                        Message message = receiver.receive();
                        if (message == null) {
                            return i;
                        }
                        tally.accept(message);
                    }
                    return limit;
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public void detach() {
                receiver.close();
            }
        };
    }
}
