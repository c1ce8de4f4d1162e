package io.sluice;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.mailbox.ParkingEnds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.function.Executable;

/** A topology and a way to wait: the parameters of most tests of mailboxes. */
record Setup(Ends senders, Ends receivers, boolean parks) {
    static List<Setup> all() {
        List<Setup> all = new ArrayList<>();
        for (Ends senders : Ends.values()) {
            for (Ends receivers : Ends.values()) {
                all.add(new Setup(senders, receivers, true));
                all.add(new Setup(senders, receivers, false));
            }
        }
        return all;
    }

    static List<Setup> parking() {
        return all().stream().filter(Setup::parks).toList();
    }

    <E> Mailbox<E> mailbox(int capacity) {
        return Mailbox.create(spec(MailboxSpec.bounded(capacity).receivers(Ends.MANY)));
    }

    /** Returns a specification with this topology. */
    MailboxSpec spec(MailboxSpec any) {
        return any.senders(senders).receivers(receivers);
    }

    <E> Sender<E> sender(Mailbox<E> mailbox) {
        return parks ? mailbox.sender() : mailbox.sender(new YieldingIdleStrategy());
    }

    <E> Receiver<E> receiver(Mailbox<E> mailbox) {
        return parks ? mailbox.receiver() : mailbox.receiver(new YieldingIdleStrategy());
    }

    /** Opens a sender that parks without a timeout, or does not park. */
    <E> Sender<E> sender(Mailbox<E> mailbox, ParkingEnds bare) {
        return parks ? bare.sender(mailbox) : sender(mailbox);
    }

    /** Opens a receiver that parks without a timeout, or does not park. */
    <E> Receiver<E> receiver(Mailbox<E> mailbox, ParkingEnds bare) {
        return parks ? bare.receiver(mailbox) : receiver(mailbox);
    }

    PipeSender sender(Pipe pipe) throws IOException {
        return parks ? pipe.sender() : pipe.sender(new YieldingIdleStrategy());
    }

    PipeReceiver receiver(Pipe pipe) throws IOException {
        return parks ? pipe.receiver() : pipe.receiver(new YieldingIdleStrategy());
    }

    /** Sends 0, 1, 2... until the mailbox is full. */
    static int fill(Sender<Integer> sender) {
        int count = 0;
        while (sender.trySend(count)) {
            count++;
        }
        return count;
    }

    /**
     * Asserts that a call that waits in a full mailbox ends when the last receiver closes. One that
     * had looked at its state before may use the room that the close makes: its message is then
     * undelivered, and the next call throws.
     */
    static void assertBreaks(Executable call) {
        assertThrows(
                BrokenChannelException.class,
                () -> {
                    call.execute();
                    call.execute();
                });
    }
}
