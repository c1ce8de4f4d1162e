package io.sluice.pipe.storage;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Edges ATTACH, LEAVE, EPOCH and LOCK: joining, leaving and dying publish what came before. */
public final class ParticipantsStress {
    private ParticipantsStress() {}

    /** A reader that sees *attached* also sees what the sender wrote while it prepared. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not there yet")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "prepared, not attached")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "attached, and not prepared")
    @State
    public static class Attach {
        private final TwoParticipants ends = TwoParticipants.vacant();

        /** Attaches. */
        @Actor
        public void sender() {
            ends.attach();
        }

        /** Reads the state. */
        @Actor
        public void observer(II_Result r) {
            r.r1 = ends.sendersArePresent() ? 1 : 0;
            r.r2 = ends.read();
        }
    }

    /** A reader that sees *attached* sees the abilities: a fenced sender never seems to lack it. */
    @JCStressTest
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "not there yet")
    @Outcome(id = "0, 1, [01]", expect = ACCEPTABLE, desc = "it came between")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "it came between, and is not seen yet")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "there, and prepared")
    @Outcome(expect = FORBIDDEN, desc = "attached without its abilities, or not prepared")
    @State
    public static class Capabilities {
        private final TwoParticipants ends = TwoParticipants.vacant();

        /** Attaches. */
        @Actor
        public void sender() {
            ends.attach();
        }

        /** Reads the state. */
        @Actor
        public void observer(III_Result r) {
            r.r1 = ends.lacksCapability() ? 1 : 0;
            r.r2 = ends.wasAttached() ? 1 : 0;
            r.r3 = ends.read();
        }
    }

    /** A reader that sees that an end has left sees all that the end wrote. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not yet")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "done, and there")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "left, and done before")
    @Outcome(expect = FORBIDDEN, desc = "left, and not done")
    @State
    public static class Leave {
        private final TwoParticipants ends = TwoParticipants.attached();

        /** Writes, then leaves. */
        @Actor
        public void sender() {
            ends.write(1);
            ends.leave();
        }

        /** Reads the state. */
        @Actor
        public void observer(II_Result r) {
            r.r1 = ends.sendersHaveLeft() ? 1 : 0;
            r.r2 = ends.read();
        }
    }

    /** A reader that sees a new epoch then counts correctly: it does not count again. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not yet")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "left, and the epoch follows")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
    @Outcome(expect = FORBIDDEN, desc = "counted once more, and counted wrong")
    @State
    public static class Epoch {
        private final TwoParticipants ends = TwoParticipants.attached();

        /** Leaves. */
        @Actor
        public void sender() {
            ends.leave();
        }

        /** Reads the state. */
        @Actor
        public void observer(II_Result r) {
            r.r1 = ends.epochHasChanged() ? 1 : 0;
            r.r2 = ends.sendersHaveLeft() ? 1 : 0;
        }
    }

    /** The state that an end caches of the others does not stay stale. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "not yet, but afterwards")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "left")
    @Outcome(expect = FORBIDDEN, desc = "never noticed")
    @State
    public static class CachedPresence {
        private final TwoParticipants ends = TwoParticipants.attached();

        /** Leaves. */
        @Actor
        public void sender() {
            ends.leave();
        }

        /** Reads the state. */
        @Actor
        public void observer(II_Result r) {
            r.r1 = ends.haveSendersLeftCached() ? 1 : 0;
        }

        /** Reads the state when both actors are done. */
        @Arbiter
        public void afterwards(II_Result r) {
            r.r2 = ends.haveSendersLeftCached() ? 1 : 0;
        }
    }

    /** A process that gets a dead end's lock sees all that it wrote; a later one finds it dead. */
    @JCStressTest
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "alive")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "dead, and what it did is there")
    @Outcome(expect = FORBIDDEN, desc = "dead, and not all is there; or never found")
    @State
    public static class Lock {
        private final TwoParticipants ends = TwoParticipants.attached();

        /** Writes, then dies. */
        @Actor
        public void sender() {
            ends.write(1);
            ends.crash();
        }

        /** Tries to find the sender dead. */
        @Actor
        public void observer(III_Result r) {
            r.r1 = ends.reapIfDead(i -> r.r2 = ends.read()) ? 1 : 0;
        }

        /** Finds the sender dead, unless the other actor did. */
        @Arbiter
        public void late(III_Result r) {
            r.r3 = ends.reapIfDead(i -> {}) ? 1 : 0;
            ends.replaceSender();
        }
    }
}
