package io.sluice.compare.rig;

/**
 * Messages outside the sequence, by which the initiator announces its phase to the responder. The
 * responder echoes each, so nothing else is in flight then.
 */
final class Marker {
    /** The same as a beginning, but the measurement is discarded. */
    static final long DRY_RUN = -6;

    /** The measured blocks begin. */
    static final long BEGIN = -1;

    /** The measured blocks are over. */
    static final long END = -2;

    /** Both ends now measure the floor between them, outside the link. */
    static final long FLOOR = -3;

    /** The next workload of this fork begins. */
    static final long NEXT = -7;

    /** The link is about to close. */
    static final long STOP = -4;

    /** Requests a reply once all earlier messages have been consumed. */
    static final long CONSUMED = -5;

    private Marker() {}
}
