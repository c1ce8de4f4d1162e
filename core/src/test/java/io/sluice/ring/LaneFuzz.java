package io.sluice.ring;

import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import io.sluice.fuzz.CountingMemory;
import io.sluice.fuzz.FuzzInput;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import io.sluice.memory.RingMemory.SegmentStore;
import io.sluice.wait.DrainMode;

/**
 * Runs the operations of a fuzzed program on a lane while its words are corrupted. Each call must
 * return, or throw {@link ChannelCorruptedException}, within a bounded number of accesses, and each
 * delivered message must lie in the ring.
 */
abstract class LaneFuzz {
    static final int CAPACITY = 4096;

    /** The length of a ring of a segmented lane. */
    static final int SEGMENT = 512;

    private static final int LONGEST = LaneDescriptor.maxPayloadLength(CAPACITY);
    private static final byte[] PAYLOAD = new byte[CAPACITY];

    final CountingMemory.Budget budget = new CountingMemory.Budget();
    final Memory control = new CountingMemory(new HeapMemory(1024), budget);
    final Memory ring = new CountingMemory(HeapMemory.mirrored(CAPACITY), budget);
    LaneSender sender;
    LaneReceiver receiver;
    private final MessageHandler handler =
            (memory, offset, length) -> {
                if (offset < 0
                        || offset >= CAPACITY + Long.BYTES // After a timestamp.
                        || length < 0
                        || offset + length > 2 * CAPACITY) {
                    throw new AssertionError("handed out " + offset + "+" + length);
                }
                int attempt = receiver.deliveryAttempt();
                if (attempt < 0 || attempt > 15) {
                    throw new AssertionError("attempt " + attempt);
                }
            };

    /** Opens another sender or receiver in place of the last one. */
    abstract void open(FuzzInput fuzzInput);

    /** Corrupts a word. */
    abstract void corrupt(FuzzInput fuzzInput);

    /** Runs one more step, if the kind of lane has one. */
    void callSpecific(FuzzInput fuzzInput) {}

    /** Runs a call with a limited number of accesses; between two calls they are unlimited. */
    final void call(int allowed, Runnable call) {
        budget.set(allowed);
        try {
            call.run();
        } catch (ChannelCorruptedException e) {
            if (e.getMessage().length() < 20) {
                throw new AssertionError("it says nothing", e);
            }
        } finally {
            budget.set(Long.MAX_VALUE);
        }
    }

    final void run(byte[] input) {
        FuzzInput fuzzInput = new FuzzInput(input);
        while (fuzzInput.hasMore()) {
            step(fuzzInput);
        }
    }

    private void step(FuzzInput fuzzInput) {
        int scan = CAPACITY; // A few accesses for each word of the ring and the message slots.
        switch (fuzzInput.consumeInt(10)) {
            case 0 -> call(scan, () -> open(fuzzInput));
            case 1, 2 -> {
                int length =
                        fuzzInput.consumeInt(20) == 0
                                ? fuzzInput.consumeWide(LONGEST + 1)
                                : fuzzInput.consumeInt(40);
                if (sender != null) {
                    call(scan, () -> sender.tryWrite(PAYLOAD, 0, length));
                }
            }
            case 3, 4 -> {
                int limit = 1 + fuzzInput.consumeInt(100);
                if (receiver != null) {
                    call(scan + 16 * limit, () -> receiver.poll(handler, limit));
                }
            }
            case 5 -> {
                if (sender != null) {
                    call(scan, sender::verify);
                }
                if (receiver != null) {
                    call(scan, receiver::hasNext);
                    call(scan, receiver::verify);
                }
            }
            case 6 -> callSpecific(fuzzInput);
            default -> corrupt(fuzzInput);
        }
    }

    /** A lane with one receiver. */
    static final class SpscFuzz extends LaneFuzz {
        private SpscFuzz() {}

        public static void fuzzerTestOneInput(byte[] input) {
            new SpscFuzz().run(input);
        }

        @Override
        void open(FuzzInput fuzzInput) {
            if (fuzzInput.consumeInt(2) == 0) {
                sender = null;
                sender = new SpscRingSender(control, ring);
            } else {
                receiver = null;
                boolean redeliver = fuzzInput.consumeInt(2) == 0;
                receiver = new SpscRingReceiver(control, ring, redeliver, DrainMode.NONE);
            }
        }

        @Override
        void corrupt(FuzzInput fuzzInput) {
            fuzzInput.corrupt(fuzzInput.consumeInt(2) == 0 ? control : ring);
        }

        @Override
        void callSpecific(FuzzInput fuzzInput) {
            if (receiver instanceof SpscRingReceiver exclusive) {
                call(16, exclusive::peekLong);
            }
        }
    }

    /** A lane with many receivers, and its recovery. */
    static final class SpmcFuzz extends LaneFuzz {
        private final Memory slotStates =
                new CountingMemory(
                        new HeapMemory(
                                SlotStateDescriptor.count(CAPACITY) * SlotStateDescriptor.STRIDE),
                        budget);

        private SpmcFuzz() {}

        public static void fuzzerTestOneInput(byte[] input) {
            new SpmcFuzz().run(input);
        }

        @Override
        void open(FuzzInput fuzzInput) {
            if (fuzzInput.consumeInt(2) == 0) {
                sender = null;
                sender = new SpmcRingSender(control, slotStates, ring);
            } else {
                receiver = null;
                receiver = new SpmcRingReceiver(control, slotStates, ring, fuzzInput.consumeInt(3));
            }
        }

        @Override
        void corrupt(FuzzInput fuzzInput) {
            switch (fuzzInput.consumeInt(4)) {
                case 0 -> fuzzInput.corrupt(control);
                case 1 -> fuzzInput.corrupt(ring);
                default -> fuzzInput.corrupt(slotStates);
            }
        }

        @Override
        void callSpecific(FuzzInput fuzzInput) {
            int owner = fuzzInput.consumeInt(3);
            boolean redeliver = fuzzInput.consumeInt(2) == 0;
            call(CAPACITY, () -> SpmcRingRecovery.recover(control, slotStates, owner, redeliver));
            call(CAPACITY, () -> SpmcRingRecovery.takenBy(slotStates, owner));
        }
    }

    /** A segmented lane of either kind: its table and each of its segments. */
    static final class SegmentedFuzz extends LaneFuzz {
        private static final int SLOTS = 3;
        private static final int ENTRIES = 4;

        private final Memory table =
                new CountingMemory(new HeapMemory(ENTRIES * SegmentWordDescriptor.LENGTH), budget);
        private final RingMemory[] segments = new RingMemory[SLOTS];
        private final boolean shared;

        private SegmentedFuzz(boolean shared) {
            this.shared = shared;
            for (int i = 0; i < SLOTS; i++) {
                Memory claims =
                        new HeapMemory(
                                SlotStateDescriptor.count(SEGMENT) * SlotStateDescriptor.STRIDE);
                segments[i] =
                        new RingMemory(
                                new CountingMemory(new HeapMemory(1024), budget),
                                shared ? new CountingMemory((HeapMemory) claims, budget) : null,
                                new CountingMemory(HeapMemory.mirrored(SEGMENT), budget),
                                () -> {});
            }
            SegmentWordDescriptor.linkFirst(table);
        }

        public static void fuzzerTestOneInput(byte[] input) {
            new SegmentedFuzz(input.length % 2 == 0).run(input);
        }

        private RingFlavor flavor(boolean dropping) {
            return shared ? RingFlavors.spmc(dropping) : RingFlavors.spsc(DrainMode.NONE);
        }

        private SegmentStore store() {
            return new SegmentStore() {
                @Override
                public int slots() {
                    return SLOTS;
                }

                @Override
                public void allocate(int slot) {
                    checkSlot(slot);
                }

                @Override
                public void free(int slot) {
                    checkSlot(slot);
                }

                @Override
                public RingMemory map(int slot) {
                    checkSlot(slot);
                    return segments[slot];
                }
            };
        }

        private static void checkSlot(int slot) {
            if (slot < 0 || slot >= SLOTS) {
                throw new AssertionError("slot " + slot);
            }
        }

        @Override
        void open(FuzzInput fuzzInput) {
            int owner = fuzzInput.consumeInt(3);
            if (fuzzInput.consumeInt(2) == 0) {
                sender = null;
                boolean dropping = shared && fuzzInput.consumeInt(2) == 0;
                sender = new SegmentedRingSender(control, table, store(), flavor(dropping));
            } else {
                receiver = null;
                receiver = new SegmentedRingReceiver(control, table, store(), flavor(false), owner);
            }
        }

        @Override
        void corrupt(FuzzInput fuzzInput) {
            RingMemory segment = segments[fuzzInput.consumeInt(SLOTS)];
            switch (fuzzInput.consumeInt(6)) {
                case 0 -> fuzzInput.corrupt(segment.control());
                case 1 -> fuzzInput.corrupt(segment.ring());
                case 2 -> fuzzInput.corrupt(shared ? segment.slotStates() : segment.control());
                case 3 -> {
                    int index = fuzzInput.consumeInt(ENTRIES); // A word that an end may write.
                    long generation = (long) fuzzInput.consumeInt(4) << fuzzInput.consumeInt(36);
                    table.setLong(
                            index * SegmentWordDescriptor.LENGTH,
                            SegmentWordDescriptor.word(
                                    generation & -ENTRIES | index,
                                    fuzzInput.consumeInt(SLOTS),
                                    0,
                                    1 + fuzzInput.consumeInt(5)));
                }
                default -> fuzzInput.corrupt(table);
            }
        }

        @Override
        void callSpecific(FuzzInput fuzzInput) {
            int owner = fuzzInput.consumeInt(3);
            boolean redeliver = fuzzInput.consumeInt(2) == 0;
            SegmentedRing segmentedRing = new SegmentedRing(table, store());
            call(CAPACITY, () -> segmentedRing.recover(owner, redeliver));
            call(CAPACITY, () -> segmentedRing.takenBy(owner));
            call(CAPACITY, segmentedRing::stats);
            call(CAPACITY, segmentedRing::allocatedSegments);
            if (sender != null) {
                call(CAPACITY, sender::heldBy);
            }
            if (!shared && receiver instanceof SegmentedRingReceiver chained) {
                call(CAPACITY, chained::peekLong);
            }
        }
    }

    /** A bit set that every end may change. */
    static final class SharedBitsFuzz {
        private SharedBitsFuzz() {}

        public static void fuzzerTestOneInput(byte[] input) {
            FuzzInput fuzzInput = new FuzzInput(input);
            CountingMemory.Budget budget = new CountingMemory.Budget();
            Memory memory = new CountingMemory(new HeapMemory(512), budget);
            int size = 1 + fuzzInput.consumeWide(2048);
            SharedBits bits = new SharedBits(memory, 256, size);
            while (fuzzInput.hasMore()) {
                int index = fuzzInput.consumeWide(size);
                budget.set(64);
                switch (fuzzInput.consumeInt(4)) {
                    case 0 -> check(bits.set(index) || bits.nextSetBit(index) == index);
                    case 1 -> check(bits.clear(index) || bits.nextSetBit(index) != index);
                    case 2 -> {
                        int next = bits.nextSetBit(index);
                        check(next >= index && next <= size);
                    }
                    default -> fuzzInput.corrupt(memory);
                }
            }
        }

        private static void check(boolean holds) {
            if (!holds) {
                throw new AssertionError();
            }
        }
    }

    /** A rendezvous lane, which holds only an offer. */
    static final class RendezvousFuzz extends LaneFuzz {
        private RendezvousFuzz() {}

        public static void fuzzerTestOneInput(byte[] input) {
            new RendezvousFuzz().run(input);
        }

        @Override
        void open(FuzzInput fuzzInput) {
            if (fuzzInput.consumeInt(2) == 0) {
                sender = null;
                sender = new RendezvousLaneSender(control, ring);
            } else {
                receiver = null;
                receiver = new RendezvousLaneReceiver(control, ring);
            }
        }

        @Override
        void corrupt(FuzzInput fuzzInput) {
            if (fuzzInput.consumeInt(4) == 0) {
                fuzzInput.corrupt(control);
            } else {
                fuzzInput.corrupt(ring, 0, OfferDescriptor.PAYLOAD_OFFSET);
            }
        }

        @Override
        void callSpecific(FuzzInput fuzzInput) {
            call(16, () -> RendezvousLaneSender.recover(ring));
            call(16, () -> RingStats.ofRendezvous(control, ring));
            if (sender instanceof RendezvousLaneSender rendezvous) {
                call(
                        16,
                        fuzzInput.consumeInt(2) == 0
                                ? rendezvous::isReceived
                                : rendezvous::retract);
            }
        }
    }
}
