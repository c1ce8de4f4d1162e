package io.sluice.mailbox;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Conflation: a message is replaced, received or left in the slot, and only one of these. */
@JCStressTest
@Outcome(id = "1, 2, 0", expect = ACCEPTABLE, desc = "replaced, and the latest received")
@Outcome(id = "0, 1, 2", expect = ACCEPTABLE, desc = "received, and the latest left")
@Outcome(expect = FORBIDDEN, desc = "lost, or twice")
@State
public class ConflatingSlotStress {
    private final ConflatingSlot<Integer> slot = new ConflatingSlot<>();

    /** Offers the first message. */
    public ConflatingSlotStress() {
        slot.offer(1);
    }

    private static int orZero(Integer message) {
        return message == null ? 0 : message;
    }

    /** Replaces it by the second message. */
    @Actor
    public void sender(III_Result r) {
        r.r1 = orZero(slot.replace(2));
    }

    /** Polls. */
    @Actor
    public void receiver(III_Result r) {
        r.r2 = orZero(slot.poll());
    }

    /** Polls for what is left. */
    @Arbiter
    public void left(III_Result r) {
        r.r3 = orZero(slot.poll());
    }
}
