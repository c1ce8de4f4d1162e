package io.sluice.ring;

/** The receiving side of one ring, which may be a segment of a segmented lane. */
sealed interface RingReceiver extends LaneReceiver permits SpscRingReceiver, SpmcRingReceiver {
    /** Restarts from the ring's control words, as a new receiver does. */
    void restart();
}
