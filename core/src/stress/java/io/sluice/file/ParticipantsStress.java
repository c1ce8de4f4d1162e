package io.sluice.file;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Edges ATTACH, LEAVE, EPOCH and LOCK: who sees that somebody came or went sees why. */
public final class ParticipantsStress {
    private ParticipantsStress() {}

    /** Who sees *attached* finds what was prepared. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not there yet")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "prepared, not attached")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "attached, and not prepared")
    @State
    public static class Attach {
        private final TwoEnds ends = TwoEnds.vacant();

        /** Comes. */
        @Actor
        public void sender() {
            ends.attach();
        }

        /** Looks. */
        @Actor
        public void looker(II_Result r) {
            r.r1 = ends.sendersArePresent() ? 1 : 0;
            r.r2 = ends.read();
        }
    }

    /** Who sees *attached* finds the abilities: a sender that can be fenced is never unable. */
    @JCStressTest
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "not there yet")
    @Outcome(id = "0, 1, [01]", expect = ACCEPTABLE, desc = "it came between")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "it came between, and is not seen yet")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "there, and prepared")
    @Outcome(expect = FORBIDDEN, desc = "attached without its abilities, or not prepared")
    @State
    public static class Abilities {
        private final TwoEnds ends = TwoEnds.vacant();

        /** Comes. */
        @Actor
        public void sender() {
            ends.attach();
        }

        /** Looks. */
        @Actor
        public void looker(III_Result r) {
            r.r1 = ends.isUnable() ? 1 : 0;
            r.r2 = ends.wasAttached() ? 1 : 0;
            r.r3 = ends.read();
        }
    }

    /** Who sees that an end has left sees all that it did. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not yet")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "done, and there")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "left, and done before")
    @Outcome(expect = FORBIDDEN, desc = "left, and not done")
    @State
    public static class Leave {
        private final TwoEnds ends = TwoEnds.attached();

        /** Does something, and leaves. */
        @Actor
        public void sender() {
            ends.write(1);
            ends.leave();
        }

        /** Looks. */
        @Actor
        public void looker(II_Result r) {
            r.r1 = ends.sendersHaveLeft() ? 1 : 0;
            r.r2 = ends.read();
        }
    }

    /** Who sees a new epoch, and counts, counts right: it will not count again. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not yet")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "left, and the epoch follows")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "counted once more, and counted wrong")
    @State
    public static class Epoch {
        private final TwoEnds ends = TwoEnds.attached();

        /** Leaves. */
        @Actor
        public void sender() {
            ends.leave();
        }

        /** Looks. */
        @Actor
        public void looker(II_Result r) {
            r.r1 = ends.epochHasChanged() ? 1 : 0;
            r.r2 = ends.sendersHaveLeft() ? 1 : 0;
        }
    }

    /** What an end knows of the others does not stay wrong. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "not yet, but afterwards")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "left")
    @Outcome(expect = FORBIDDEN, desc = "never noticed")
    @State
    public static class Known {
        private final TwoEnds ends = TwoEnds.attached();

        /** Leaves. */
        @Actor
        public void sender() {
            ends.leave();
        }

        /** Looks. */
        @Actor
        public void looker(II_Result r) {
            r.r1 = ends.sendersAreKnownToHaveLeft() ? 1 : 0;
        }

        /** Looks when all is over. */
        @Arbiter
        public void afterwards(II_Result r) {
            r.r2 = ends.sendersAreKnownToHaveLeft() ? 1 : 0;
        }
    }

    /** Who gets the lock of one who died sees all that it did; who comes later finds it dead. */
    @JCStressTest
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "alive")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "dead, and what it did is there")
    @Outcome(expect = FORBIDDEN, desc = "dead, and not all is there; or never found")
    @State
    public static class Lock {
        private final TwoEnds ends = TwoEnds.attached();

        /** Does something, and dies. */
        @Actor
        public void sender() {
            ends.write(1);
            ends.die();
        }

        /** Finds it dead. */
        @Actor
        public void looker(III_Result r) {
            r.r1 = ends.findDead(i -> r.r2 = ends.read()) ? 1 : 0;
        }

        /** Finds it dead, if nobody has. */
        @Arbiter
        public void late(III_Result r) {
            r.r3 = ends.findDead(i -> {}) ? 1 : 0;
            ends.live();
        }
    }
}
