package io.sluice.bench;

/**
 * One way to pass references from one thread to another. Messages exist before; the receiver reads
 * a field of each and hands it to the tally.
 */
interface ObjectSubject extends SendingEnd, ReceivingEnd {
    /** What was received. */
    Tally tally();
}
