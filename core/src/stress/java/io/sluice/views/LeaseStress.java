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

    /** A thread that takes an end sees what its last user did with it. */
    @JCStressTest
    @Outcome(id = "-1", expect = ACCEPTABLE, desc = "in use")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "taken")
    @Outcome(expect = FORBIDDEN, desc = "taken, and not as it was left")
    @State
    public static class Taken {
        private final Lease<Used> lease = new Lease<>(new Used());

        /** Uses the end, then gives it back. */
        @Actor
        public void user() {
            lease.end().value = 1;
            lease.giveBack();
        }

        /** Tries to take the end. */
        @Actor
        public void next(I_Result r) {
            r.r1 = lease.tryTake() ? lease.end().value : -1;
        }
    }

    /** The closer of an end sees what its last user did; exactly one of the two closes it. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "given back, and closed by who wants it")
    @Outcome(id = "1, -1", expect = ACCEPTABLE, desc = "closed by its user")
    @Outcome(expect = FORBIDDEN, desc = "closed twice, or never, or not as it was left")
    @State
    public static class Closed {
        private final Lease<Used> lease = new Lease<>(new Used());

        /** Uses the end, then gives it back. */
        @Actor
        public void user(II_Result r) {
            lease.end().value = 1;
            r.r1 = lease.giveBack() ? 1 : 0;
        }

        /** Requests that the end be closed. */
        @Actor
        public void closer(II_Result r) {
            r.r2 = lease.leave() ? lease.end().value : -1;
        }
    }

    /** A thread that sees an end unused sees what the end's last user did. */
    @JCStressTest
    @Outcome(id = "-1", expect = ACCEPTABLE, desc = "in use")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "unused")
    @Outcome(expect = FORBIDDEN, desc = "unused, and not as it was left")
    @State
    public static class Unused {
        private final Lease<Used> lease = new Lease<>(new Used());

        /** Uses the end, then gives it back. */
        @Actor
        public void user() {
            lease.end().value = 1;
            lease.giveBack();
        }

        /** Tests whether the end is unused. */
        @Actor
        public void looker(I_Result r) {
            r.r1 = lease.isUnused() ? lease.end().value : -1;
        }
    }

    /** A receiver takes an end, then tests for set-aside messages; the peeker does the reverse. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "both see each other")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the receiver sees that messages lie aside")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "who looks waits for the receiver")
    @Outcome(expect = FORBIDDEN, desc = "the receiver passes what is laid aside")
    @State
    public static class Raised {
        private final Aside<Integer> aside = new Aside<>();
        private final Lease<Used> lease = new Lease<>(new Used());

        /** Creates an unused end. */
        public Raised() {
            lease.giveBack();
        }

        /** Takes the end, then tests whether messages are set aside. */
        @Actor
        public void receiver(II_Result r) {
            lease.tryTake();
            r.r1 = aside.isRaised() ? 1 : 0;
        }

        /** Announces that it sets messages aside, then tests whether the end is unused. */
        @Actor
        public void looker(II_Result r) {
            aside.lock();
            aside.raise();
            r.r2 = lease.isUnused() ? 1 : 0;
        }
    }
}
