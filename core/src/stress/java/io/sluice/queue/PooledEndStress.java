package io.sluice.queue;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Edges POOLED_END and PEEK. */
public final class PooledEndStress {
    private PooledEndStress() {}

    private static final class Used {
        private int value;
    }

    /** A thread that takes an end sees what its last user did with it. */
    @JCStressTest
    @Outcome(id = "-1", expect = ACCEPTABLE, desc = "in use")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "taken")
    @Outcome(expect = FORBIDDEN, desc = "taken, and not as it was left")
    @State
    public static class Acquired {
        private final PooledEnd<Used> pooledEnd = new PooledEnd<>(new Used());

        /** Uses the end, then gives it back. */
        @Actor
        public void user() {
            pooledEnd.end().value = 1;
            pooledEnd.release();
        }

        /** Tries to take the end. */
        @Actor
        public void next(I_Result r) {
            r.r1 = pooledEnd.tryAcquire() ? pooledEnd.end().value : -1;
        }
    }

    /** The closer of an end sees what its last user did; exactly one of the two closes it. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "given back, then closed by the other")
    @Outcome(id = "1, -1", expect = ACCEPTABLE, desc = "closed by its user")
    @Outcome(expect = FORBIDDEN, desc = "closed twice, or never, or not as it was left")
    @State
    public static class Closed {
        private final PooledEnd<Used> pooledEnd = new PooledEnd<>(new Used());

        /** Uses the end, then gives it back. */
        @Actor
        public void user(II_Result r) {
            pooledEnd.end().value = 1;
            r.r1 = pooledEnd.release() ? 1 : 0;
        }

        /** Requests that the end be closed. */
        @Actor
        public void closer(II_Result r) {
            r.r2 = pooledEnd.retire() ? pooledEnd.end().value : -1;
        }
    }

    /** A thread that sees an end unused sees what the end's last user did. */
    @JCStressTest
    @Outcome(id = "-1", expect = ACCEPTABLE, desc = "in use")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "unused")
    @Outcome(expect = FORBIDDEN, desc = "unused, and not as it was left")
    @State
    public static class Idle {
        private final PooledEnd<Used> pooledEnd = new PooledEnd<>(new Used());

        /** Uses the end, then gives it back. */
        @Actor
        public void user() {
            pooledEnd.end().value = 1;
            pooledEnd.release();
        }

        /** Tests whether the end is unused. */
        @Actor
        public void peeker(I_Result r) {
            r.r1 = pooledEnd.isIdle() ? pooledEnd.end().value : -1;
        }
    }

    /** A receiver takes an end, then tests for peeked messages; the peeker does the reverse. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "both see each other")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the receiver sees that messages were peeked")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the other waits for the receiver")
    @Outcome(expect = FORBIDDEN, desc = "the receiver passes over peeked messages")
    @State
    public static class PeekActivated {
        private final PeekBuffer<Integer> peekBuffer = new PeekBuffer<>();
        private final PooledEnd<Used> pooledEnd = new PooledEnd<>(new Used());

        /** Creates an unused end. */
        public PeekActivated() {
            pooledEnd.release();
        }

        /** Takes the end, then tests whether messages are buffered. */
        @Actor
        public void receiver(II_Result r) {
            pooledEnd.tryAcquire();
            r.r1 = peekBuffer.isActive() ? 1 : 0;
        }

        /** Announces that it buffers messages, then tests whether the end is unused. */
        @Actor
        public void peeker(II_Result r) {
            peekBuffer.lock();
            peekBuffer.activate();
            r.r2 = pooledEnd.isIdle() ? 1 : 0;
        }
    }
}
