package io.sluice;

/**
 * The number of ends of one side, senders or receivers, that a channel is created for. A single end
 * is faster: there is no contention on that side, and its operations need no compare-and-set.
 *
 * <p>The number applies to ends that are open at the same time, and so to threads: an end belongs
 * to one thread at a time. It applies to mailboxes, whose ends belong to threads of one process,
 * and to pipes, whose ends may belong to threads of different processes. It is checked when an end
 * is opened, never per message.
 */
public enum Ends {
    /** One end at a time. Opening a second one fails. */
    ONE,

    /** Several ends, opened and closed at any time. Each message goes to exactly one receiver. */
    MANY
}
