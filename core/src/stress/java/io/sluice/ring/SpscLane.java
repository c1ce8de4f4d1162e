package io.sluice.ring;

import io.sluice.stress.ObjectPool;
import io.sluice.wait.DrainMode;

/** A lane with one receiver, empty at the start of each round; its positions keep advancing. */
final class SpscLane {
    /** The length of most messages: four of their records fill the ring. */
    static final int LENGTH = 24;

    static final int RECORD_LENGTH = RecordDescriptor.recordLength(LENGTH);

    private static final ObjectPool<SpscLane> POOL = new ObjectPool<>(SpscLane::new);

    final Views views;
    final SpscRingReceiver receiver;
    final Reader reader;
    final Writer writer;
    private final SpscRingSender sender;

    private SpscLane(int index) {
        views = Views.zeros(index);
        sender = new SpscRingSender(views.sender().control(), views.sender().ring());
        receiver =
                new SpscRingReceiver(
                        views.receiver().control(), views.receiver().ring(), true, DrainMode.NONE);
        reader = new Reader(receiver);
        writer = new Writer(sender);
    }

    static SpscLane empty() {
        SpscLane lane = POOL.next();
        lane.reader.start(lane.writer.start());
        return lane;
    }

    /** Sends a message of the usual length. */
    boolean send(int digit) {
        return writer.send(digit, LENGTH);
    }

    /** Advances both ends to that offset in the ring. For a single thread. */
    void advanceTo(int offset) {
        int gap = (int) (offset - sender.position() & Views.CAPACITY - 1);
        while (gap > 0) {
            int record = gap % RECORD_LENGTH == 0 ? RECORD_LENGTH : gap % RECORD_LENGTH;
            writer.send(1, record - RecordDescriptor.HEADER_LENGTH);
            reader.poll(1);
            gap -= record;
        }
    }
}
