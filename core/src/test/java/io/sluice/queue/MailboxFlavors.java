package io.sluice.queue;

import io.sluice.Ends;
import io.sluice.MailboxSpec;
import io.sluice.OverflowPolicy;
import java.util.ArrayList;
import java.util.List;

/** The mailboxes that the suites of this package run over: a new kind is one line here. */
public final class MailboxFlavors {
    private static final int LARGEST = 1 << 20;

    private MailboxFlavors() {}

    /** Returns mailboxes for any number of threads on each side. */
    static List<MailboxSpec> many() {
        return List.of(
                MailboxSpec.bounded(8).receivers(Ends.MANY),
                MailboxSpec.bounded(2).receivers(Ends.MANY),
                MailboxSpec.bounded(1000).receivers(Ends.MANY),
                MailboxSpec.unbounded().receivers(Ends.MANY),
                MailboxSpec.rendezvous().receivers(Ends.MANY));
    }

    /** Returns those that drop a message instead of blocking. */
    static List<MailboxSpec> dropping() {
        return List.of(
                MailboxSpec.bounded(1).receivers(Ends.MANY).overflow(OverflowPolicy.CONFLATE),
                MailboxSpec.bounded(4).receivers(Ends.MANY).overflow(OverflowPolicy.DROP_NEWEST),
                MailboxSpec.bounded(4).receivers(Ends.MANY).overflow(OverflowPolicy.DROP_OLDEST));
    }

    /** Returns those of the given that hold messages. */
    static List<MailboxSpec> storing(List<MailboxSpec> flavors) {
        return flavors.stream().filter(spec -> spec.capacity() > 0).toList();
    }

    /** Returns those of the given that hold messages and can be full. */
    static List<MailboxSpec> bounded(List<MailboxSpec> flavors) {
        return storing(flavors).stream().filter(spec -> spec.capacity() <= LARGEST).toList();
    }

    /** Returns all; where a side has one end, its calls must not overlap. */
    public static List<MailboxSpec> all() {
        List<MailboxSpec> all = new ArrayList<>(many());
        all.add(MailboxSpec.bounded(9).senders(Ends.ONE).receivers(Ends.ONE));
        all.add(MailboxSpec.bounded(9).receivers(Ends.MANY).senders(Ends.ONE));
        all.add(MailboxSpec.bounded(9).receivers(Ends.ONE));
        return all;
    }
}
