package io.sluice.mailbox;

import io.sluice.Mailbox;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.wait.ParkingWaiter;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.util.ArrayList;
import java.util.List;

/** Opens ends that park at once and without a timeout: a lost wake-up shows up as a hang. */
public final class ParkingEnds {
    private final List<Waiter> waiters = new ArrayList<>();

    private Waiter waiter(WaitQueue waitQueue) {
        Waiter waiter = ParkingWaiter.withoutSpinning(Long.MAX_VALUE, waitQueue);
        waiters.add(waiter);
        return waiter;
    }

    /** Returns how often the ends have parked; call it only while no thread uses them. */
    public long sleeps() {
        return waiters.stream().mapToLong(Waiter::sleeps).sum();
    }

    public <E> Sender<E> sender(Mailbox<E> mailbox) {
        return ((AbstractMailbox<E>) mailbox).openSender(this::waiter);
    }

    public <E> Receiver<E> receiver(Mailbox<E> mailbox) {
        return ((AbstractMailbox<E>) mailbox).openReceiver(this::waiter);
    }
}
