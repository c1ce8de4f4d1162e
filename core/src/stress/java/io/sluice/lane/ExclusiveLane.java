package io.sluice.lane;

import io.sluice.stress.Pool;

/** A lane with one receiver, empty at the start of each round; its positions keep advancing. */
final class ExclusiveLane {
    /** The length of most messages: four of their records fill the ring. */
    static final int LENGTH = 24;

    static final int RECORD_LENGTH = RecordDescriptor.recordLength(LENGTH);

    private static final Pool<ExclusiveLane> POOL = new Pool<>(ExclusiveLane::new);

    final Views views;
    final ExclusiveLaneReceiver receiver;
    final Reader reader;
    final Writer writer;
    private final ExclusiveLaneSender sender;

    private ExclusiveLane(int index) {
        views = Views.zeros(index);
        sender = new ExclusiveLaneSender(views.sender().control(), views.sender().ring());
        receiver =
                new ExclusiveLaneReceiver(
                        views.receiver().control(), views.receiver().ring(), true, DrainMode.NONE);
        reader = new Reader(receiver);
        writer = new Writer(sender);
    }

    static ExclusiveLane empty() {
        ExclusiveLane lane = POOL.next();
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
