package io.sluice.bench;

import io.sluice.Ends;
import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** The subjects of which each receiver gets each message, by name; the argument is the capacity. */
final class BroadcastSubjects {
    static final Map<String, IntFunction<ObjectSubject>> ALL =
            new TreeMap<>(
                    Map.of(
                            "sluice", BroadcastSubjects::mailbox,
                            "disruptor", DisruptorObjects::multicast));

    private BroadcastSubjects() {}

    private static ObjectSubject mailbox(int capacity) {
        return new SluiceObjects(Mailbox.create(MailboxSpec.broadcast(capacity).senders(Ends.ONE)));
    }
}
