package io.sluice.ring;

import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import io.sluice.memory.RingMemory.SegmentStore;
import io.sluice.stress.ObjectPool;
import io.sluice.wait.DrainMode;

/**
 * A lane that grows, with two receivers, in the newest ring and empty at the start of each round. A
 * message fills a ring, so each message of a round but the first links a new ring.
 */
final class SegmentedLane {
    /**
     * The length of a message: two and the word behind them do not fit into a ring. None begins in
     * a ring's last word, with its payload in the second copy: these rings have none.
     */
    static final int LENGTH = Views.CAPACITY / 2 - RecordDescriptor.HEADER_LENGTH;

    /** How many messages fill the lane. */
    static final int FULL = 3;

    private static final int ENTRIES = 4;

    private static final ObjectPool<SegmentedLane> SPMC =
            new ObjectPool<>(index -> new SegmentedLane(index, true));
    private static final ObjectPool<SegmentedLane> SPSC =
            new ObjectPool<>(index -> new SegmentedLane(index, false));

    final Reader one;
    final Reader other;
    private final Views[] slots = new Views[FULL];
    private final Views lane;
    private final Writer writer;

    private SegmentedLane(int index, boolean shared) {
        for (int i = 0; i < FULL; i++) {
            slots[i] = Views.zeros(i * ObjectPool.SIZE + index);
        }
        lane = Views.zeros(FULL * ObjectPool.SIZE + index);
        SegmentWordDescriptor.linkFirst(table(lane.sender()));
        RingFlavor flavor =
                new RingFlavor(
                        shared ? RingFlavor.Protocol.SPMC : RingFlavor.Protocol.SPSC,
                        false,
                        false,
                        true,
                        DrainMode.NONE);
        writer =
                new Writer(
                        new SegmentedRingSender(
                                lane.sender().control(),
                                table(lane.sender()),
                                new Store(true),
                                flavor));
        one = new Reader(receiver(flavor, 0));
        other = shared ? new Reader(receiver(flavor, 1)) : one;
    }

    /** Returns the segment table, in the view's pipe words; short, as it is scanned often. */
    private static Memory table(Views.View view) {
        return Memory.words(view.meta().bytes().asSlice(0, ENTRIES * SegmentWordDescriptor.LENGTH));
    }

    private SegmentedRingReceiver receiver(RingFlavor flavor, int owner) {
        return new SegmentedRingReceiver(
                lane.receiver().control(), table(lane.receiver()), new Store(false), flavor, owner);
    }

    static SegmentedLane spmc() {
        return SPMC.next().empty();
    }

    static SegmentedLane spsc() {
        return SPSC.next().empty();
    }

    private SegmentedLane empty() {
        long base = writer.start();
        one.start(base);
        other.start(base);
        return this;
    }

    boolean send(int digit) {
        return writer.send(digit, LENGTH);
    }

    /** Receives all messages; returns their numbers as decimal digits. */
    static int all(Reader reader) {
        int all = 0;
        for (int got = reader.poll(1); got != Reader.NONE; got = reader.poll(1)) {
            all = all * 10 + got;
        }
        return all;
    }

    /** The slots as one side sees them; their space is always allocated. */
    private final class Store implements SegmentStore {
        private final boolean sender;

        private Store(boolean sender) {
            this.sender = sender;
        }

        @Override
        public int slots() {
            return FULL;
        }

        @Override
        public void allocate(int slot) {
            // Always allocated.
        }

        @Override
        public void free(int slot) {
            // Never freed.
        }

        @Override
        public RingMemory map(int slot) {
            Views.View view = sender ? slots[slot].sender() : slots[slot].receiver();
            return new RingMemory(view.control(), view.slotStates(), view.ring(), () -> {});
        }
    }
}
