package io.sluice.lane;

import java.util.function.BooleanSupplier;

/** What the rings of a lane that grows are: with one receiver, or shared by several. */
public interface RingKind {
    /**
     * Makes a segment that was just allocated, and may hold anything, a ring that was never used.
     *
     * @param segment which one; nobody else's
     */
    void clear(Segment segment);

    /**
     * The sending side of a ring, that goes on where the last sender stopped.
     *
     * @param segment the ring
     * @return its sender
     */
    RingSender sender(Segment segment);

    /**
     * The receiving side of a ring.
     *
     * @param segment the ring
     * @param live whether the segment is still in the chain; if not, nothing in it means anything
     * @return its receiver
     */
    RingReceiver receiver(Segment segment, BooleanSupplier live);

    /**
     * Whether other receivers may still have messages that one does not find.
     *
     * @return whether they share the ring
     */
    boolean isShared();

    /**
     * Whether all that was ever sent in a sealed ring was received, as far as its words say.
     *
     * @param segment the ring
     * @return whether it was; a ring with one receiver does not say
     */
    boolean isReceived(Segment segment);

    /**
     * Who has taken the oldest message that was not received.
     *
     * @param segment the ring
     * @return the receiver's number, or -1
     */
    int heldBy(Segment segment);

    /**
     * Drops what was sent and not taken yet. The sender's thread.
     *
     * @param segment a sealed ring
     * @param count is run for each message that was dropped
     */
    void drop(Segment segment, Runnable count);
}
