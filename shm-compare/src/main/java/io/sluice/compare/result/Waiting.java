package io.sluice.compare.result;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Set;

/**
 * How an end waits. No enum, because mechanisms of other jars may wait in ways of their own, and
 * results of another version may name more: each is kept and shown under its name, and nothing is
 * expected of it.
 *
 * @param id the name on the command line and in files; null if not recorded
 */
public record Waiting(@JsonValue String id) {
    /** The receiver sleeps in the kernel until there is a message. */
    public static final Waiting BLOCK = new Waiting("block");

    /**
     * The kernel carries the message; a flag in shared memory notifies the receiver that a read
     * will not block.
     */
    public static final Waiting HINT = new Waiting("hint");

    /** The receiver polls the kernel; most calls find nothing. */
    public static final Waiting NONBLOCK = new Waiting("nonblock");

    /** The receiver spins and never sleeps. */
    public static final Waiting SPIN = new Waiting("spin");

    /** The receiver spins and yields its processor between attempts. */
    public static final Waiting YIELD = new Waiting("yield");

    /** The receiver spins for a limited time, and then sleeps. */
    public static final Waiting HYBRID = new Waiting("hybrid");

    /** Memory is shared; the receiver sleeps on a futex, after at most a short spin. */
    public static final Waiting FUTEX = new Waiting("futex");

    /** Memory is shared; the receiver sleeps in a read of an eventfd. */
    public static final Waiting EVENTFD = new Waiting("eventfd");

    /** It is not recorded how the ends waited. */
    static final Waiting UNKNOWN = new Waiting(null);

    /** Creates one of that name. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Waiting {}

    /** Tests whether a receiver sleeps for about each message. */
    public boolean sleeps() {
        return Set.of(BLOCK, FUTEX, EVENTFD).contains(this);
    }

    /** Tests whether a receiver sleeps only if a message does not arrive soon. */
    public boolean sleepsAfterSpinning() {
        return equals(HYBRID);
    }

    /** Tests whether no end ever sleeps. */
    public boolean neverSleeps() {
        return Set.of(SPIN, HINT).contains(this);
    }

    /** Tests whether a receiver keeps its CPU busy while it waits. */
    public boolean usesItsCpu() {
        return Set.of(SPIN, HINT, NONBLOCK, YIELD).contains(this);
    }

    /** Tests whether no end ever enters the kernel. */
    public boolean neverCalls() {
        return equals(SPIN);
    }

    /** Tests whether system calls are made only when an end sleeps, is woken or yields. */
    public boolean callsAtTimes() {
        return Set.of(FUTEX, EVENTFD, HYBRID, YIELD).contains(this);
    }

    /** Tests whether the kernel carries the messages. */
    public boolean isInKernel() {
        return Set.of(BLOCK, HINT, NONBLOCK).contains(this);
    }

    /** Returns {@link #id}. */
    @Override
    public String toString() {
        return String.valueOf(id);
    }
}
