package io.sluice.ring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.sluice.memory.Memory;
import io.sluice.stress.ObjectPool;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Edge BITS: a thread that finds a bit changed sees what was written before the change. */
public final class BitsStress {
    private static final int SIZE = 64;
    private static final int BITS = 0;
    private static final int DATA = LaneDescriptor.LINE_PAIR;
    private static final ObjectPool<Views> POOL = new ObjectPool<>(Views::zeros);

    private BitsStress() {}

    /** Bits as two processes see them, and a word of data on other cache lines. */
    private record Bits(Memory words, SharedBits bits) {
        static Bits of(Views.View view) {
            return new Bits(view.meta(), new SharedBits(view.meta(), BITS, SIZE));
        }
    }

    private static Views zeros() {
        Views views = POOL.next();
        views.sender().meta().setLong(BITS, 0);
        views.sender().meta().setLong(DATA, 0);
        return views;
    }

    /** A thread that finds the bit set sees the data. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "too early")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "only the data")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "the bit without the data")
    @State
    public static class SetAndFind {
        private final Views views = zeros();
        private final Bits one = Bits.of(views.sender());
        private final Bits other = Bits.of(views.receiver());

        /** Writes the data, then sets the bit. */
        @Actor
        public void setter() {
            one.words.setLong(DATA, 1);
            one.bits.set(5);
        }

        /** Searches for the bit, then reads the data. */
        @Actor
        public void finder(II_Result r) {
            r.r1 = other.bits.nextSetBit(0) == 5 ? 1 : 0;
            r.r2 = (int) other.words.getLong(DATA);
        }
    }

    /** A thread that clears the bit sees what was written before it was set. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not set yet")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "only the data")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "cleared without the data")
    @State
    public static class SetAndClear {
        private final Views views = zeros();
        private final Bits one = Bits.of(views.sender());
        private final Bits other = Bits.of(views.receiver());

        /** Writes the data, then sets the bit. */
        @Actor
        public void setter() {
            one.words.setLong(DATA, 1);
            one.bits.set(5);
        }

        /** Clears the bit, then reads the data. */
        @Actor
        public void clearer(II_Result r) {
            r.r1 = other.bits.clear(5) ? 1 : 0;
            r.r2 = (int) other.words.getLong(DATA);
        }
    }

    /** Two changes of different bits in one word: none is lost. */
    @JCStressTest
    @Outcome(id = "1, 1, 3", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "one is lost")
    @State
    public static class TwoBits {
        private final Views views = zeros();
        private final Bits one = Bits.of(views.sender());
        private final Bits other = Bits.of(views.receiver());

        /** Sets the first bit. */
        @Actor
        public void one(III_Result r) {
            r.r1 = one.bits.set(0) ? 1 : 0;
        }

        /** Sets the second bit. */
        @Actor
        public void other(III_Result r) {
            r.r2 = other.bits.set(1) ? 1 : 0;
        }

        /** Reads the word. */
        @Arbiter
        public void both(III_Result r) {
            r.r3 = (int) one.words.getLong(BITS);
        }
    }

    /** Of two threads that clear a bit, as two senders that wake one receiver do, one succeeds. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the one")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the other")
    @Outcome(expect = FORBIDDEN, desc = "both, or none")
    @State
    public static class OneClears {
        private final Views views = zeros();
        private final Bits one = Bits.of(views.sender());
        private final Bits other = Bits.of(views.receiver());

        /** Sets the bit. */
        public OneClears() {
            one.bits.set(5);
        }

        /** Clears the bit. */
        @Actor
        public void one(II_Result r) {
            r.r1 = one.bits.clear(5) ? 1 : 0;
        }

        /** Clears the bit. */
        @Actor
        public void other(II_Result r) {
            r.r2 = other.bits.clear(5) ? 1 : 0;
        }
    }
}
