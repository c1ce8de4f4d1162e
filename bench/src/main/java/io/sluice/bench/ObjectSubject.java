package io.sluice.bench;

/**
 * One way to pass references from some threads to others. Messages exist before; a receiver reads a
 * field of each and hands it to its tally.
 */
interface ObjectSubject {
    /** Where a sender sends, by its number from 0. Asked for once for each. */
    SendingEnd sender(int number);

    /** Where a receiver receives. Asked for once for each. */
    ReceivingEnd receiver(ObjectTally tally);
}
