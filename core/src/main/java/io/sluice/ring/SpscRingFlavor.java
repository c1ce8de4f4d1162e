package io.sluice.ring;

import static io.sluice.ring.LaneDescriptor.ATTEMPTS_OFFSET;
import static io.sluice.ring.LaneDescriptor.ATTEMPTS_POSITION_OFFSET;
import static io.sluice.ring.LaneDescriptor.RECEIVER_POSITION_OFFSET;
import static io.sluice.ring.LaneDescriptor.TAKEN_POSITION_OFFSET;

import java.util.function.BooleanSupplier;

/**
 * The kind of rings with one receiver.
 *
 * @param redeliver whether records that a dead receiver had taken are redelivered
 * @param mode the backoff of a receiver after a batch
 */
public record SpscRingFlavor(boolean redeliver, DrainMode mode) implements RingFlavor {
    @Override
    public void initialize(Segment segment) {
        segment.control().setLong(RECEIVER_POSITION_OFFSET, 0);
        segment.control().setLong(TAKEN_POSITION_OFFSET, 0);
        segment.control().setLong(ATTEMPTS_OFFSET, 0);
        segment.control().setLong(ATTEMPTS_POSITION_OFFSET, 0);
        segment.ring().setLong(0, RecordDescriptor.UNCOMMITTED);
    }

    @Override
    public RingSender sender(Segment segment) {
        return new SpscRingSender(segment.control(), segment.ring());
    }

    @Override
    public RingReceiver receiver(Segment segment, BooleanSupplier live) {
        return new SpscRingReceiver(segment.control(), segment.ring(), redeliver, mode);
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public boolean isReceived(Segment segment) {
        return false;
    }

    @Override
    public int heldBy(Segment segment) {
        return -1;
    }

    @Override
    public void drop(Segment segment, Runnable count) {}
}
