package io.sluice.lane;

/** The receiving side of one ring, which may be a segment of a lane that grows. */
public interface RingReceiver extends LaneReceiver {
    /** Begins anew where the ring's control words say, as a new receiver does. */
    void restart();
}
