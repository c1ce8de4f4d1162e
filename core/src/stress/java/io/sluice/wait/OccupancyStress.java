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
        private static final IllegalStateException CLOSED = new IllegalStateException();

        private final Occupancy occupancy = new Occupancy(this::leave, () -> CLOSED);
        private Thread closer;
        private int used;
        private int leftByCaller;
        private int leftByCloser;

        private void leave() {
            if (Thread.currentThread() == closer) {
                leftByCloser = 10 + used;
            } else {
                leftByCaller = 1;
            }
        }

        /** Makes a call on the end. */
        @Actor
        public void caller(III_Result r) {
            try {
                boolean entered = occupancy.enter();
                used = 1;
                r.r3 = 1;
                occupancy.exit(entered);
            } catch (IllegalStateException e) {
                // Closed before it was inside.
            }
            r.r1 = leftByCaller;
        }

        /** Closes the end. */
        @Actor
        public void closer(III_Result r) {
            closer = Thread.currentThread();
            occupancy.close();
            r.r2 = leftByCloser;
        }
    }
}
