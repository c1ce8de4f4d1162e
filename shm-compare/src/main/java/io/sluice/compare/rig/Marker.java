package io.sluice.compare.rig;

/**
 * Messages outside the sequence, by which the initiator tells the responder where it is. Each is
 * answered with itself, so nothing else is under way then.
 */
final class Marker {
    /** The measured blocks begin. */
    static final long BEGIN = -1;

    /** The measured blocks are over. */
    static final long END = -2;

    /** Good-bye. */
    static final long STOP = -3;

    private Marker() {}
}
