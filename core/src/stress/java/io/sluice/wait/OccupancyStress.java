package io.sluice.wait;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Edges INSIDE and OUTSIDE: a blocking call of an end against a thread that closes the end. */
public final class OccupancyStress {
    private OccupancyStress() {}

    /** One of the two detaches the end; if it is the closer, the call no longer uses the end. */
    @JCStressTest
    @Outcome(
            id = "1, 0, 1",
            expect = ACCEPTABLE,
            desc = "closed while a call is inside, which leaves")
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "found closed, and leaves")
    @Outcome(id = "0, 10, 0", expect = ACCEPTABLE, desc = "closed before")
    @Outcome(id = "0, 11, 1", expect = ACCEPTABLE, desc = "closed after")
    @Outcome(expect = FORBIDDEN, desc = "left twice, or never, or beneath a call inside")
    @State
    public static class DetachedOnce {
        private final Occupancy occupancy = new Occupancy();
        private int used;

        /** Makes a call on the end. */
        @Actor
        public void caller(III_Result r) {
            occupancy.enter();
            if (!occupancy.isClosing()) {
                used = 1;
                r.r3 = 1;
            }
            r.r1 = occupancy.exit() ? 1 : 0;
        }

        /** Closes the end. */
        @Actor
        public void closer(III_Result r) {
            r.r2 = occupancy.close() ? 10 + used : 0;
        }
    }
}
