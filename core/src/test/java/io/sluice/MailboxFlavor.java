package io.sluice;

import java.util.function.Supplier;

/** The capacity and overflow policy of a mailbox. */
enum MailboxFlavor {
    RENDEZVOUS(MailboxSpec::rendezvous),
    ONE(() -> MailboxSpec.bounded(1).receivers(Ends.MANY)),
    TWO(() -> MailboxSpec.bounded(2).receivers(Ends.MANY)),
    EIGHT(() -> MailboxSpec.bounded(8).receivers(Ends.MANY)),
    UNBOUNDED(MailboxSpec::unbounded),
    BROADCAST(() -> MailboxSpec.broadcast(8)),
    DROP_NEWEST(
            () -> MailboxSpec.bounded(4).receivers(Ends.MANY).overflow(OverflowPolicy.DROP_NEWEST)),
    DROP_OLDEST(
            () -> MailboxSpec.bounded(4).receivers(Ends.MANY).overflow(OverflowPolicy.DROP_OLDEST)),
    CONFLATE(() -> MailboxSpec.bounded(1).receivers(Ends.MANY).overflow(OverflowPolicy.CONFLATE));

    private final Supplier<MailboxSpec> spec;

    MailboxFlavor(Supplier<MailboxSpec> spec) {
        this.spec = spec;
    }

    MailboxSpec spec() {
        return spec.get();
    }

    /** Tests whether a send may have to wait. */
    boolean fills() {
        return this != UNBOUNDED && !drops();
    }

    boolean drops() {
        return spec().overflow() != OverflowPolicy.BLOCK;
    }

    /** Tests whether one receiver gets each message, and the callback what none gets. */
    boolean hasOneTaker() {
        return this != BROADCAST;
    }

    /** Tests whether a message can be sent while no receiver waits. */
    boolean holds() {
        return this != RENDEZVOUS;
    }
}
