package io.sluice.ring;

import java.util.function.BooleanSupplier;

/** The flavor of the rings of a segmented lane: with one receiver, or shared by several. */
public interface RingFlavor {
    /**
     * Initializes a newly allocated segment, whose contents are undefined, as an unused ring.
     *
     * @param segment the segment; no other endpoint uses it
     */
    void initialize(Segment segment);

    /**
     * Creates the sending side of a ring, which continues where the last sender stopped.
     *
     * @param segment the ring
     * @return its sender
     */
    RingSender sender(Segment segment);

    /**
     * Creates the receiving side of a ring.
     *
     * @param segment the ring
     * @param live whether the segment is still in the list; if not, its contents are meaningless
     * @return its receiver
     */
    RingReceiver receiver(Segment segment, BooleanSupplier live);

    /**
     * Tests whether other receivers may still have messages when one receiver finds none.
     *
     * @return whether receivers share the ring
     */
    boolean isShared();

    /**
     * Tests whether all messages that were sent in a sealed ring were received, by the ring's
     * words.
     *
     * @param segment the ring
     * @return whether they were; false for a ring with one receiver, whose words do not show it
     */
    boolean isReceived(Segment segment);

    /**
     * Returns a receiver that has taken a message of a ring and not finished it.
     *
     * @param segment the ring
     * @return the receiver's number, or -1
     */
    int heldBy(Segment segment);

    /**
     * Drops the messages that were sent and not taken yet. Called by the sender's thread.
     *
     * @param segment a sealed ring
     * @param count the task to run for each message that is dropped
     */
    void drop(Segment segment, Runnable count);
}
