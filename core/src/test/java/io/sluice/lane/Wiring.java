package io.sluice.lane;

import io.sluice.lane.Mortal.Fate;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import java.io.IOException;
import java.util.Random;

/** Creates the ends of a lane on heap memory for each protocol; each end dies by its fate. */
interface Wiring {
    LaneSender sender(Fate fate);

    LaneReceiver receiver(int owner, Fate fate);

    /** Recovers a dead receiver. */
    void recover(int owner, Fate fate, boolean redeliver);

    int takenBy(int owner);

    /** Returns how many messages the sender has counted as dropped. */
    default long dropped() {
        return 0;
    }

    /** Checks that recovery has left nothing behind. */
    default void checkSettled() {}

    /** A ring of 4096 bytes and 64 claims. */
    static Wiring shared(Random random) {
        Memory claims = new HeapMemory(64 * ClaimWordDescriptor.STRIDE);
        Lanes.Lane lane =
                somewhere(
                        random,
                        new Lanes.Lane(new HeapMemory(1024), claims, HeapMemory.mirrored(4096)));
        return new Wiring() {
            @Override
            public LaneSender sender(Fate fate) {
                return new SharedLaneSender(
                        new Mortal(lane.control(), fate),
                        new Mortal(lane.claims(), fate),
                        new Mortal(lane.ring(), fate));
            }

            @Override
            public LaneReceiver receiver(int owner, Fate fate) {
                return new SharedLaneReceiver(
                        new Mortal(lane.control(), fate),
                        new Mortal(lane.claims(), fate),
                        new Mortal(lane.ring(), fate),
                        owner);
            }

            @Override
            public void recover(int owner, Fate fate, boolean redeliver) {
                SharedLaneRecovery.recover(
                        new Mortal(lane.control(), fate),
                        new Mortal(lane.claims(), fate),
                        owner,
                        redeliver);
            }

            @Override
            public int takenBy(int owner) {
                return SharedLaneRecovery.takenBy(lane.claims(), owner);
            }
        };
    }

    /** Mostly moves the lane to a used state, soon at the end of its sequences. */
    private static Lanes.Lane somewhere(Random random, Lanes.Lane lane) {
        if (random.nextInt(4) > 0) {
            long position = random.nextLong() >>> 20 & -8;
            lane.fromSequence((1L << 44) - random.nextInt(200), position);
        }
        return lane;
    }

    /** A chain of rings of 512 bytes that receivers share, three to six of them. */
    static Wiring sharedChain(Random random) {
        HeapSegments segments = new HeapSegments(3 + random.nextInt(4), 512);
        somewhere(random, segments.first());
        return new ChainWiring(segments, true);
    }

    /** The same, but the oldest messages are dropped to make room; at least two rings. */
    static Wiring droppingChain(Random random) {
        HeapSegments segments = new HeapSegments(2 + random.nextInt(4), 512);
        somewhere(random, segments.first());
        return new ChainWiring(segments, true, true);
    }

    /** A ring of 4096 bytes with one receiver. */
    static Wiring exclusive(Random random) {
        Lanes.Lane lane = Lanes.HEAP.make(4096).from((random.nextLong() >>> 20) & -8);
        return new Wiring() {
            @Override
            public LaneSender sender(Fate fate) {
                return new ExclusiveLaneSender(
                        new Mortal(lane.control(), fate), new Mortal(lane.ring(), fate));
            }

            @Override
            public LaneReceiver receiver(int owner, Fate fate) {
                return new ExclusiveLaneReceiver(
                        new Mortal(lane.control(), fate),
                        new Mortal(lane.ring(), fate),
                        true,
                        DrainMode.ADAPTIVE);
            }

            @Override
            public void recover(int owner, Fate fate, boolean redeliver) {}

            @Override
            public int takenBy(int owner) {
                return 0;
            }
        };
    }

    /** A chain of rings of 512 bytes with one receiver, three to six of them. */
    static Wiring exclusiveChain(Random random) {
        HeapSegments segments = new HeapSegments(3 + random.nextInt(4), 512);
        segments.first().from((random.nextLong() >>> 20) & -8);
        return new ChainWiring(segments, false);
    }

    /**
     * A segmented lane.
     *
     * @param segments the segments
     * @param shared whether several receivers share it
     * @param dropping whether the oldest message is dropped when there is no more room
     */
    record ChainWiring(HeapSegments segments, boolean shared, boolean dropping) implements Wiring {
        ChainWiring(HeapSegments segments, boolean shared) {
            this(segments, shared, false);
        }

        private RingKind kind(int owner) {
            return shared ? new SharedRings(owner) : new ExclusiveRings(true, DrainMode.ADAPTIVE);
        }

        @Override
        public LaneSender sender(Fate fate) {
            try {
                return new ChainSender(
                        new Mortal(segments.control, fate),
                        new Mortal(segments.table, fate),
                        segments.asSender(fate),
                        kind(0),
                        dropping);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public LaneReceiver receiver(int owner, Fate fate) {
            return new ChainReceiver(
                    new Mortal(segments.control, fate),
                    new Mortal(segments.table, fate),
                    segments.as(fate),
                    kind(owner),
                    owner);
        }

        @Override
        public void recover(int owner, Fate fate, boolean comesAgain) {
            new Chain(new Mortal(segments.table, fate), segments.as(fate))
                    .recover(owner, comesAgain);
        }

        @Override
        public long dropped() {
            return segments.control.getLong(LaneDescriptor.DROPPED_OFFSET);
        }

        @Override
        public void checkSettled() {
            segments.checkSettled();
        }

        @Override
        public int takenBy(int owner) {
            return new Chain(segments.table, segments.as(new Fate())).takenBy(owner);
        }
    }
}
