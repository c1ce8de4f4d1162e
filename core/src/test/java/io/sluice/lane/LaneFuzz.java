package io.sluice.lane;

import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import io.sluice.fuzz.CountingMemory;
import io.sluice.fuzz.Program;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import java.io.IOException;

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
                int attempt = receiver.attempt();
                if (attempt < 0 || attempt > 15) {
                    throw new AssertionError("attempt " + attempt);
                }
            };

    /** Opens another sender or receiver in place of the last one. */
    abstract void open(Program program);

    /** Corrupts a word. */
    abstract void spoil(Program program);

    /** Runs one more step, if the kind of lane has one. */
    void special(Program program) {}

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
        Program program = new Program(input);
        while (program.hasMore()) {
            step(program);
        }
    }

    private void step(Program program) {
        int scan = CAPACITY; // A few accesses for each word of the ring and the claims.
        switch (program.number(10)) {
            case 0 -> call(scan, () -> open(program));
            case 1, 2 -> {
                int length =
                        program.number(20) == 0 ? program.wide(LONGEST + 1) : program.number(40);
                if (sender != null) {
                    call(scan, () -> sender.tryWrite(PAYLOAD, 0, length));
                }
            }
            case 3, 4 -> {
                int limit = 1 + program.number(100);
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
            case 6 -> special(program);
            default -> spoil(program);
        }
    }

    /** A lane with one receiver. */
    static final class Exclusive extends LaneFuzz {
        private Exclusive() {}

        public static void fuzzerTestOneInput(byte[] input) {
            new Exclusive().run(input);
        }

        @Override
        void open(Program program) {
            if (program.number(2) == 0) {
                sender = null;
                sender = new ExclusiveLaneSender(control, ring);
            } else {
                receiver = null;
                boolean redeliver = program.number(2) == 0;
                receiver = new ExclusiveLaneReceiver(control, ring, redeliver, DrainMode.NONE);
            }
        }

        @Override
        void spoil(Program program) {
            program.spoil(program.number(2) == 0 ? control : ring);
        }

        @Override
        void special(Program program) {
            if (receiver instanceof ExclusiveLaneReceiver exclusive) {
                call(16, exclusive::peekLong);
            }
        }
    }

    /** A lane with many receivers, and its recovery. */
    static final class Shared extends LaneFuzz {
        private final Memory claims =
                new CountingMemory(
                        new HeapMemory(
                                ClaimWordDescriptor.count(CAPACITY) * ClaimWordDescriptor.STRIDE),
                        budget);

        private Shared() {}

        public static void fuzzerTestOneInput(byte[] input) {
            new Shared().run(input);
        }

        @Override
        void open(Program program) {
            if (program.number(2) == 0) {
                sender = null;
                sender = new SharedLaneSender(control, claims, ring);
            } else {
                receiver = null;
                receiver = new SharedLaneReceiver(control, claims, ring, program.number(3));
            }
        }

        @Override
        void spoil(Program program) {
            switch (program.number(4)) {
                case 0 -> program.spoil(control);
                case 1 -> program.spoil(ring);
                default -> program.spoil(claims);
            }
        }

        @Override
        void special(Program program) {
            int owner = program.number(3);
            boolean redeliver = program.number(2) == 0;
            call(CAPACITY, () -> SharedLaneRecovery.recover(control, claims, owner, redeliver));
            call(CAPACITY, () -> SharedLaneRecovery.takenBy(claims, owner));
        }
    }

    /** A segmented lane of either kind: its table and each of its segments. */
    static final class Growing extends LaneFuzz {
        private static final int SLOTS = 3;
        private static final int ENTRIES = 4;

        private final Memory table =
                new CountingMemory(new HeapMemory(ENTRIES * SegmentWordDescriptor.LENGTH), budget);
        private final Segment[] segments = new Segment[SLOTS];
        private final boolean shared;

        private Growing(boolean shared) {
            this.shared = shared;
            for (int i = 0; i < SLOTS; i++) {
                Memory claims =
                        new HeapMemory(
                                ClaimWordDescriptor.count(SEGMENT) * ClaimWordDescriptor.STRIDE);
                segments[i] =
                        new Segment(
                                new CountingMemory(new HeapMemory(1024), budget),
                                shared ? new CountingMemory((HeapMemory) claims, budget) : null,
                                new CountingMemory(HeapMemory.mirrored(SEGMENT), budget),
                                () -> {});
            }
            ChainSender.linkFirst(table, SLOTS);
        }

        public static void fuzzerTestOneInput(byte[] input) {
            new Growing(input.length % 2 == 0).run(input);
        }

        private RingKind kind(int owner) {
            return shared ? new SharedRings(owner) : new ExclusiveRings(true, DrainMode.NONE);
        }

        private SegmentStore store() {
            return new SegmentStore() {
                @Override
                public int slots() {
                    return SLOTS;
                }

                @Override
                public long slotLength() {
                    return SEGMENT;
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
                public Segment map(int slot) {
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
        void open(Program program) {
            int owner = program.number(3);
            if (program.number(2) == 0) {
                sender = null;
                try {
                    boolean dropping = shared && program.number(2) == 0;
                    sender = new ChainSender(control, table, store(), kind(0), dropping);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            } else {
                receiver = null;
                receiver = new ChainReceiver(control, table, store(), kind(owner), owner);
            }
        }

        @Override
        void spoil(Program program) {
            Segment segment = segments[program.number(SLOTS)];
            switch (program.number(6)) {
                case 0 -> program.spoil(segment.control());
                case 1 -> program.spoil(segment.ring());
                case 2 -> program.spoil(shared ? segment.claims() : segment.control());
                case 3 -> {
                    int index = program.number(ENTRIES); // A word that an end may write.
                    long generation = (long) program.number(4) << program.number(36);
                    table.setLong(
                            index * SegmentWordDescriptor.LENGTH,
                            SegmentWordDescriptor.word(
                                    generation & -ENTRIES | index,
                                    program.number(SLOTS),
                                    0,
                                    1 + program.number(5)));
                }
                default -> program.spoil(table);
            }
        }

        @Override
        void special(Program program) {
            int owner = program.number(3);
            boolean redeliver = program.number(2) == 0;
            Chain chain = new Chain(table, store());
            call(CAPACITY, () -> chain.recover(owner, redeliver));
            call(CAPACITY, () -> chain.takenBy(owner));
            call(CAPACITY, chain::gauge);
            call(CAPACITY, chain::allocated);
            if (sender != null) {
                call(CAPACITY, sender::heldBy);
            }
            if (!shared && receiver instanceof ChainReceiver chained) {
                call(CAPACITY, chained::peekLong);
            }
        }
    }

    /** A bit set that every end may change. */
    static final class Bits {
        private Bits() {}

        public static void fuzzerTestOneInput(byte[] input) {
            Program program = new Program(input);
            CountingMemory.Budget budget = new CountingMemory.Budget();
            Memory memory = new CountingMemory(new HeapMemory(512), budget);
            int size = 1 + program.wide(2048);
            SharedBits bits = new SharedBits(memory, 256, size);
            while (program.hasMore()) {
                int index = program.wide(size);
                budget.set(64);
                switch (program.number(4)) {
                    case 0 -> check(bits.set(index) || bits.next(index) == index);
                    case 1 -> check(bits.clear(index) || bits.next(index) != index);
                    case 2 -> {
                        int next = bits.next(index);
                        check(next >= index && next <= size);
                    }
                    default -> program.spoil(memory);
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
    static final class Rendezvous extends LaneFuzz {
        private Rendezvous() {}

        public static void fuzzerTestOneInput(byte[] input) {
            new Rendezvous().run(input);
        }

        @Override
        void open(Program program) {
            if (program.number(2) == 0) {
                sender = null;
                sender = new RendezvousLaneSender(control, ring);
            } else {
                receiver = null;
                receiver = new RendezvousLaneReceiver(control, ring);
            }
        }

        @Override
        void spoil(Program program) {
            if (program.number(4) == 0) {
                program.spoil(control);
            } else {
                program.spoil(ring, 0, OfferDescriptor.PAYLOAD_OFFSET);
            }
        }

        @Override
        void special(Program program) {
            call(16, () -> RendezvousLaneSender.recover(ring));
            call(16, () -> LaneGauge.ofRendezvous(control, ring));
            if (sender instanceof RendezvousLaneSender rendezvous) {
                call(16, program.number(2) == 0 ? rendezvous::isReceived : rendezvous::retract);
            }
        }
    }
}
