package io.sluice.ring;

/** The receiving side of one ring, which may be a segment of a segmented lane. */
public interface RingReceiver extends LaneReceiver {
    /** Restarts from the ring's control words, as a new receiver does. */
    void restart();
}
