package io.sluice.bench;

/**
 * A channel for references from some threads to others. The messages are preallocated; a receiver
 * reads a field of each and passes it to its tally.
 */
interface ObjectSubject {
    /** Returns the sending end of a sender, by its number from 0. Called once for each sender. */
    SubjectSender sender(int number);

    /** Returns the receiving end of a receiver. Called once for each receiver. */
    SubjectReceiver receiver(ObjectTally tally);
}
