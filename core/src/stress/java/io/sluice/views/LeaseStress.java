package io.sluice.views;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Edges LEASE and RAISED. */
public final class LeaseStress {
    private LeaseStress() {}

    private static final class Used {
        private int value;
    }

    /** Who takes an end sees what its last user did with it. */
    @JCStressTest
    @Outcome(id = "-1", expect = ACCEPTABLE, desc = "in use")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "taken")
    @Outcome(expect = FORBIDDEN, desc = "taken, and not as it was left")
    @State
    public static class Taken {
        private final Lease<Used> lease = new Lease<>(new Used());

        /** Uses the end, and gives it back. */
        @Actor
        public void user() {
            lease.end().value = 1;
            lease.giveBack();
        }

        /** Takes it. */
        @Actor
        public void next(I_Result r) {
            r.r1 = lease.tryTake() ? lease.end().value : -1;
        }
    }

    /** Who closes an end sees what its last user did with it, and one of the two closes it. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "given back, and closed by who wants it")
    @Outcome(id = "1, -1", expect = ACCEPTABLE, desc = "closed by its user")
    @Outcome(expect = FORBIDDEN, desc = "closed twice, or never, or not as it was left")
    @State
    public static class Closed {
        private final Lease<Used> lease = new Lease<>(new Used());

        /** Uses the end, and gives it back. */
        @Actor
        public void user(II_Result r) {
            lease.end().value = 1;
            r.r1 = lease.giveBack() ? 1 : 0;
        }

        /** Wants it closed. */
        @Actor
        public void closer(II_Result r) {
            r.r2 = lease.leave() ? lease.end().value : -1;
        }
    }

    /** Who looks aside sees what the last user of an end did, once it has seen the end unused. */
    @JCStressTest
    @Outcome(id = "-1", expect = ACCEPTABLE, desc = "in use")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "unused")
    @Outcome(expect = FORBIDDEN, desc = "unused, and not as it was left")
    @State
    public static class Unused {
        private final Lease<Used> lease = new Lease<>(new Used());

        /** Uses the end, and gives it back. */
        @Actor
        public void user() {
            lease.end().value = 1;
            lease.giveBack();
        }

        /** Looks whether it is used. */
        @Actor
        public void looker(I_Result r) {
            r.r1 = lease.isUnused() ? lease.end().value : -1;
        }
    }

    /** A receiver takes an end and looks aside; who lays messages aside looks at the ends. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "both see each other")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the receiver sees that messages lie aside")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "who looks waits for the receiver")
    @Outcome(expect = FORBIDDEN, desc = "the receiver passes what is laid aside")
    @State
    public static class Raised {
        private final Aside<Integer> aside = new Aside<>();
        private final Lease<Used> lease = new Lease<>(new Used());

        /** An end that is free. */
        public Raised() {
            lease.giveBack();
        }

        /** Takes an end, and looks whether messages lie aside. */
        @Actor
        public void receiver(II_Result r) {
            lease.tryTake();
            r.r1 = aside.isRaised() ? 1 : 0;
        }

        /** Is about to lay messages aside, and looks whether the end is used. */
        @Actor
        public void looker(II_Result r) {
            aside.lock();
            aside.raise();
            r.r2 = lease.isUnused() ? 1 : 0;
        }
    }
}
