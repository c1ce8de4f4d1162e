package io.sluice.compare.rig;

/**
 * Messages outside the sequence, by which the initiator tells the responder where it is. Each is
 * answered with itself, so nothing else is under way then.
 */
final class Marker {
    /** The same as a beginning, but what is measured then is thrown away. */
    static final long REHEARSE = -6;

    /** The measured blocks begin. */
    static final long BEGIN = -1;

    /** The measured blocks are over. */
    static final long END = -2;

    /** Both ends now measure the floor between them, outside the link. */
    static final long FLOOR = -3;

    /** Good-bye. */
    static final long STOP = -4;

    /** Has all been consumed that was sent before? */
    static final long CONSUMED = -5;

    private Marker() {}
}
