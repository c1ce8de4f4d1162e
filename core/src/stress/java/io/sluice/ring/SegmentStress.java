package io.sluice.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import io.sluice.memory.RingMemory.SegmentStore;
import io.sluice.stress.ObjectPool;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** A retired segment is reused by the sender or freed, never both; edge FREED. */
public final class SegmentStress {
    private static final int OWNER = 5;

    private SegmentStress() {}

    /** A table in two mappings, whose generation is retired at the start of each round. */
    private static final class Retired implements SegmentStore {
        private static final ObjectPool<Retired> POOL = new ObjectPool<>(Retired::new);

        private final SegmentTable sender;
        private final SegmentTable receiver;
        private final Memory space;
        private final Memory spaceOfSender;
        private long generation;

        private Retired(int index) {
            Views views = Views.zeros(index);
            sender = new SegmentTable(views.sender().meta(), slots());
            receiver = new SegmentTable(views.receiver().meta(), slots());
            space = views.receiver().ring();
            spaceOfSender = views.sender().ring();
        }

        static Retired next() {
            Retired next = POOL.next();
            next.generation++;
            next.space.setLong(0, 1);
            next.sender.link(next.generation, 0);
            if (!next.receiver.retire(next.receiver.word(next.generation))) {
                throw new IllegalStateException("not retired");
            }
            return next;
        }

        long word() {
            return sender.word(generation);
        }

        @Override
        public int slots() {
            return 2;
        }

        @Override
        public void allocate(int slot) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void free(int slot) {
            space.setLong(0, 0);
        }

        @Override
        public RingMemory map(int slot) {
            throw new UnsupportedOperationException();
        }
    }

    /** Sender and receiver compete for the segment; exactly one gets it. */
    @JCStressTest
    @Outcome(id = "1, 0, 3", expect = ACCEPTABLE, desc = "used again")
    @Outcome(id = "0, 1, 5", expect = ACCEPTABLE, desc = "freed")
    @Outcome(expect = FORBIDDEN, desc = "both, or none")
    @State
    public static class SegmentOwnedOnce {
        private final Retired retired = Retired.next();

        /** Tries to reuse the segment for another generation. */
        @Actor
        public void sender(III_Result r) {
            long word = retired.word();
            boolean done = SegmentWordDescriptor.state(word) == SegmentWordDescriptor.DONE;
            r.r1 = done && retired.sender.reuse(word) ? 1 : 0;
        }

        /** Frees its space. */
        @Actor
        public void receiver(III_Result r) {
            long word = retired.receiver.word(retired.generation);
            boolean done = SegmentWordDescriptor.state(word) == SegmentWordDescriptor.DONE;
            r.r2 = done && retired.receiver.free(word, OWNER, retired) ? 1 : 0;
        }

        /** Reads the state. */
        @Arbiter
        public void state(III_Result r) {
            r.r3 = SegmentWordDescriptor.state(retired.word());
        }
    }

    /** A sender that sees the state FREED finds the space already freed. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not freed yet")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the space is gone")
    @Outcome(expect = FORBIDDEN, desc = "freed, and the space still there")
    @State
    public static class SegmentFreed {
        private final Retired retired = Retired.next();

        /** Tests whether the segment is freed. */
        @Actor
        public void sender(II_Result r) {
            if (SegmentWordDescriptor.state(retired.word()) == SegmentWordDescriptor.FREED) {
                r.r1 = 1;
                r.r2 = (int) retired.spaceOfSender.getLong(0);
            }
        }

        /** Frees its space. */
        @Actor
        public void receiver() {
            long word = retired.receiver.word(retired.generation);
            if (!retired.receiver.free(word, OWNER, retired)) {
                throw new IllegalStateException("another end has it");
            }
        }
    }
}
