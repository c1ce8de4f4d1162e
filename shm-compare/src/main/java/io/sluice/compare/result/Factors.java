package io.sluice.compare.result;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What was varied. Values that this version does not know are kept and shown as they are.
 *
 * @param mechanism the id of what carries the messages, "pipe" or "sluice" for instance
 * @param waiting (in JSON "wait", which Java allows no record component to be called) how an end
 *     waits: {@link #BLOCK}, {@link #HINT} or {@link #SPIN}
 * @param pattern {@link #RTT} or {@link #STREAM}
 * @param size bytes of one message
 * @param touch how much of a message both ends touch: {@link #FULL}
 * @param placement where the ends run, by name
 * @param cpus the processors of the ends: initiator, responder; empty if not pinned
 * @param capacityBytes how many bytes may be under way in one direction, 0 if not known
 */
public record Factors(
        String mechanism,
        @JsonProperty("wait") String waiting,
        String pattern,
        int size,
        String touch,
        String placement,
        List<Integer> cpus,
        long capacityBytes) {

    /** The receiver sleeps in the kernel until there is a message. */
    public static final String BLOCK = "block";

    /**
     * The kernel carries the message; the receiver learns from a flag in shared memory that a read
     * will not block.
     */
    public static final String HINT = "hint";

    /** The receiver asks the kernel again and again, and mostly hears that there is nothing. */
    public static final String NONBLOCK = "nonblock";

    /** The receiver looks again and again and never sleeps. */
    public static final String SPIN = "spin";

    /** The receiver looks again and again and offers its processor to others in between. */
    public static final String YIELD = "yield";

    /** Memory is shared; the receiver sleeps on a futex, and does not look for long before. */
    public static final String FUTEX = "futex";

    /** Memory is shared; the receiver sleeps in a read of an eventfd. */
    public static final String EVENTFD = "eventfd";

    /** One message under way at a time, there and back. */
    public static final String RTT = "rtt";

    /** Messages in one direction, as many as fit. */
    public static final String STREAM = "stream";

    /** Every byte is written by the sender and read by the receiver. */
    public static final String FULL = "full";

    /** Copies the list. */
    public Factors {
        cpus = Copies.of(cpus);
    }
}
