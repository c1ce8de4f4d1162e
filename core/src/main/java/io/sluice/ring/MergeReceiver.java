package io.sluice.ring;

/** The receiving side of many lanes as if they were one. */
abstract sealed class MergeReceiver implements LaneReceiver
        permits RoundRobinReceiver, TimestampMergeReceiver {
    final LaneTable lanes;
    final ReadySet readySet;
    final Cursor cursor;

    /** The lane of the last message. */
    LaneReceiver current;

    MergeReceiver(LaneTable lanes, ReadySet readySet, Cursor cursor) {
        this.lanes = lanes;
        this.readySet = readySet;
        this.cursor = cursor;
    }

    @Override
    public final boolean hasNext() {
        return readySet.rescan();
    }

    @Override
    public final int deliveryAttempt() {
        return current == null ? 0 : current.deliveryAttempt();
    }

    @Override
    public final long position() {
        return cursor.position;
    }

    @Override
    public final boolean awaitsAcknowledgement() {
        for (int i = 0; i < lanes.size(); i++) {
            if (lanes.exists(i) && lanes.receiver(i).awaitsAcknowledgement()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public final void verify() {
        readySet.verify();
    }
}
