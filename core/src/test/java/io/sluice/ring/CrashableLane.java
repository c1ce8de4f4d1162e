package io.sluice.ring;

import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import io.sluice.ring.CrashableMemory.FaultInjector;
import io.sluice.wait.DrainMode;
import java.util.Random;

/** Creates the ends of a lane on heap memory for each protocol; each end dies by its fate. */
interface CrashableLane {
    LaneSender sender(FaultInjector faultInjector);

    LaneReceiver receiver(int owner, FaultInjector faultInjector);

    /** Recovers a dead receiver. */
    void recover(int owner, FaultInjector faultInjector, boolean redeliver);

    int takenBy(int owner);

    /** Tests whether the sender drops messages to make room. */
    default boolean dropping() {
        return false;
    }

    /** Returns how many messages the sender has counted as dropped. */
    default long dropped() {
        return 0;
    }

    /** Checks that recovery has left nothing behind. */
    default void checkSettled() {}

    /** A ring of 4096 bytes and 64 message slots. */
    static CrashableLane spmc(Random random) {
        Memory claims = new HeapMemory(64 * SlotStateDescriptor.STRIDE);
        BackingMemory.LaneMemory laneMemory =
                atRandomPosition(
                        random,
                        new BackingMemory.LaneMemory(
                                new HeapMemory(1024), claims, HeapMemory.mirrored(4096)));
        return new CrashableLane() {
            @Override
            public LaneSender sender(FaultInjector faultInjector) {
                return new SpmcRingSender(
                        new CrashableMemory(laneMemory.control(), faultInjector),
                        new CrashableMemory(laneMemory.slotStates(), faultInjector),
                        new CrashableMemory(laneMemory.ring(), faultInjector));
            }

            @Override
            public LaneReceiver receiver(int owner, FaultInjector faultInjector) {
                return new SpmcRingReceiver(
                        new CrashableMemory(laneMemory.control(), faultInjector),
                        new CrashableMemory(laneMemory.slotStates(), faultInjector),
                        new CrashableMemory(laneMemory.ring(), faultInjector),
                        owner);
            }

            @Override
            public void recover(int owner, FaultInjector faultInjector, boolean redeliver) {
                SpmcRingRecovery.recover(
                        new CrashableMemory(laneMemory.control(), faultInjector),
                        new CrashableMemory(laneMemory.slotStates(), faultInjector),
                        owner,
                        redeliver);
            }

            @Override
            public int takenBy(int owner) {
                return SpmcRingRecovery.takenBy(laneMemory.slotStates(), owner);
            }
        };
    }

    /** Mostly moves the lane to a used state, soon at the end of its sequences. */
    private static BackingMemory.LaneMemory atRandomPosition(
            Random random, BackingMemory.LaneMemory laneMemory) {
        if (random.nextInt(4) > 0) {
            long position = random.nextLong() >>> 20 & -8;
            laneMemory.fromSequence((1L << 44) - random.nextInt(200), position);
        }
        return laneMemory;
    }

    /** A segmented SPMC ring: three to six segments of 512 bytes. */
    static CrashableLane segmentedSpmc(Random random) {
        HeapSegments segments = new HeapSegments(3 + random.nextInt(4), 512);
        atRandomPosition(random, segments.first());
        return new CrashableSegmentedLane(segments, true);
    }

    /** The same, but the oldest messages are dropped to make room; at least two rings. */
    static CrashableLane droppingSpmc(Random random) {
        HeapSegments segments = new HeapSegments(2 + random.nextInt(4), 512);
        atRandomPosition(random, segments.first());
        return new CrashableSegmentedLane(segments, true, true);
    }

    /** A ring of 4096 bytes with one receiver. */
    static CrashableLane spsc(Random random) {
        BackingMemory.LaneMemory laneMemory =
                BackingMemory.HEAP.allocateLane(4096).from((random.nextLong() >>> 20) & -8);
        return new CrashableLane() {
            @Override
            public LaneSender sender(FaultInjector faultInjector) {
                return new SpscRingSender(
                        new CrashableMemory(laneMemory.control(), faultInjector),
                        new CrashableMemory(laneMemory.ring(), faultInjector));
            }

            @Override
            public LaneReceiver receiver(int owner, FaultInjector faultInjector) {
                return new SpscRingReceiver(
                        new CrashableMemory(laneMemory.control(), faultInjector),
                        new CrashableMemory(laneMemory.ring(), faultInjector),
                        true,
                        DrainMode.ADAPTIVE);
            }

            @Override
            public void recover(int owner, FaultInjector faultInjector, boolean redeliver) {}

            @Override
            public int takenBy(int owner) {
                return 0;
            }
        };
    }

    /** A segmented SPSC ring: three to six segments of 512 bytes. */
    static CrashableLane segmentedSpsc(Random random) {
        HeapSegments segments = new HeapSegments(3 + random.nextInt(4), 512);
        segments.first().from((random.nextLong() >>> 20) & -8);
        return new CrashableSegmentedLane(segments, false);
    }

    /**
     * A segmented lane.
     *
     * @param segments the segments
     * @param shared whether several receivers share it
     * @param dropping whether the oldest message is dropped when there is no more room
     */
    record CrashableSegmentedLane(HeapSegments segments, boolean shared, boolean dropping)
            implements CrashableLane {
        CrashableSegmentedLane(HeapSegments segments, boolean shared) {
            this(segments, shared, false);
        }

        private RingFlavor flavor() {
            return shared ? RingFlavors.spmc(dropping) : RingFlavors.spsc(DrainMode.ADAPTIVE);
        }

        @Override
        public LaneSender sender(FaultInjector faultInjector) {
            return new SegmentedRingSender(
                    new CrashableMemory(segments.control, faultInjector),
                    new CrashableMemory(segments.table, faultInjector),
                    segments.senderStore(faultInjector),
                    flavor());
        }

        @Override
        public LaneReceiver receiver(int owner, FaultInjector faultInjector) {
            return new SegmentedRingReceiver(
                    new CrashableMemory(segments.control, faultInjector),
                    new CrashableMemory(segments.table, faultInjector),
                    segments.storeFor(faultInjector),
                    flavor(),
                    owner);
        }

        @Override
        public void recover(int owner, FaultInjector faultInjector, boolean comesAgain) {
            new SegmentedRing(
                            new CrashableMemory(segments.table, faultInjector),
                            segments.storeFor(faultInjector))
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
            return new SegmentedRing(segments.table, segments.storeFor(new FaultInjector()))
                    .takenBy(owner);
        }
    }
}
