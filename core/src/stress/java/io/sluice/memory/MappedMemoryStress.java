package io.sluice.memory;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.sluice.stress.ObjectPool;
import io.sluice.stress.TwiceMappedFile;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The basis of all edges: the orderings of {@link Memory}, over two mappings of one file. */
public final class MappedMemoryStress {
    /** Each word is on its own cache lines, so that they can become visible in any order. */
    private static final int DATA = 0;

    private static final int FLAG = 128;
    private static final int LENGTH = 256;
    private static final TwiceMappedFile FILE =
            new TwiceMappedFile((long) ObjectPool.SIZE * LENGTH);

    private static final ObjectPool<TwoMappings> WORDS =
            new ObjectPool<>(
                    i ->
                            new TwoMappings(
                                    FILE.words(true, (long) i * LENGTH, LENGTH),
                                    FILE.words(false, (long) i * LENGTH, LENGTH)));

    private MappedMemoryStress() {}

    private record TwoMappings(Memory one, Memory other) {
        static TwoMappings zeros() {
            TwoMappings twoMappings = WORDS.next();
            twoMappings.one.setLong(DATA, 0);
            twoMappings.one.setLong(FLAG, 0);
            return twoMappings;
        }
    }

    /** A thread that sees a released word sees what was written before it. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not yet there")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "only the data")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "the word without the data")
    @State
    public static class ReleaseAcquire {
        private final TwoMappings twoMappings = TwoMappings.zeros();

        /** Writes. */
        @Actor
        public void releaser() {
            twoMappings.one.setLong(DATA, 1);
            twoMappings.one.setLongRelease(FLAG, 1);
        }

        /** Reads. */
        @Actor
        public void acquirer(II_Result r) {
            r.r1 = (int) twoMappings.other.getLongAcquire(FLAG);
            r.r2 = (int) twoMappings.other.getLong(DATA);
        }
    }

    /** One thread's compare-and-set releases, and the other's acquires. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "too early")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "it came after, and sees all before")
    @Outcome(expect = FORBIDDEN, desc = "it came after, and does not see what was before")
    @State
    public static class CompareAndSet {
        private final TwoMappings twoMappings = TwoMappings.zeros();

        /** Changes the word from 0 to 1. */
        @Actor
        public void first() {
            twoMappings.one.setLong(DATA, 1);
            twoMappings.one.compareAndSetLong(FLAG, 0, 1);
        }

        /** Changes the word from 1 to 2. */
        @Actor
        public void second(II_Result r) {
            if (twoMappings.other.compareAndSetLong(FLAG, 1, 2)) {
                r.r1 = 1;
                r.r2 = (int) twoMappings.other.getLong(DATA);
            }
        }
    }

    /** Of two compare-and-sets that expect the same value, exactly one succeeds. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the one")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the other")
    @Outcome(expect = FORBIDDEN, desc = "both, or none")
    @State
    public static class OneWinner {
        private final TwoMappings twoMappings = TwoMappings.zeros();

        /** Tries to change the word from 0 to 1. */
        @Actor
        public void one(II_Result r) {
            r.r1 = twoMappings.one.compareAndSetLong(FLAG, 0, 1) ? 1 : 0;
        }

        /** Tries to change the word from 0 to 2. */
        @Actor
        public void other(II_Result r) {
            r.r2 = twoMappings.other.compareAndSetLong(FLAG, 0, 2) ? 1 : 0;
        }
    }

    /** If both sides store, fence and load, at least one sees the other's store. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the other came first")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the one came first")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "they met")
    @Outcome(expect = FORBIDDEN, desc = "both missed")
    @State
    public static class StoreThenLoad {
        private final TwoMappings twoMappings = TwoMappings.zeros();

        /** Stores to the first word, fences, then loads the second. */
        @Actor
        public void one(II_Result r) {
            twoMappings.one.setLongRelease(DATA, 1);
            VarHandle.fullFence();
            r.r1 = (int) twoMappings.one.getLong(FLAG);
        }

        /** Stores to the second word, fences, then loads the first. */
        @Actor
        public void other(II_Result r) {
            twoMappings.other.setLongRelease(FLAG, 1);
            VarHandle.fullFence();
            r.r2 = (int) twoMappings.other.getLongAcquire(DATA);
        }
    }
}
