package io.sluice;

/**
 * How many ends of one side, senders or receivers, a channel is made for. Fewer cost less: with one
 * end nobody competes on that side, and its operations need no compare-and-set.
 *
 * <p>The number counts ends that are open at the same time, and with them threads: an end belongs
 * to one thread at a time. It holds for mailboxes, whose ends are threads of one process, and for
 * pipes, whose ends may be threads of different processes. It is checked when an end is opened,
 * never per message.
 */
public enum Ends {
    /** One end at a time. A second one is refused when it is opened. */
    ONE,

    /** Any number of ends, opened and closed at any time. Each message goes to exactly one. */
    MANY
}
