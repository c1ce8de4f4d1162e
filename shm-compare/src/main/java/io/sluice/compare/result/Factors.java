package io.sluice.compare.result;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;

/**
 * The varied factors. Unknown values are kept and shown as they are.
 *
 * @param mechanism the mechanism's id, "pipe" or "sluice" for instance
 * @param waiting (in JSON "wait", which cannot be the name of a record component) how an end waits:
 *     {@link #BLOCK}, {@link #HINT}, {@link #NONBLOCK}, {@link #SPIN}, {@link #YIELD}, {@link
 *     #HYBRID}, {@link #FUTEX} or {@link #EVENTFD}
 * @param pattern how messages are exchanged; {@link Pattern#OTHER} if another version knows more
 * @param size bytes of one message
 * @param touch how much of a message both ends touch: {@link #FULL}, {@link #HEADER} or {@link
 *     #UNTOUCHED}
 * @param placement where the ends run, by name
 * @param cpus the processors of the ends: initiator, responder, and more where there are more ends;
 *     empty if not pinned
 * @param capacityBytes how many bytes may be in flight in one direction, 0 if not known
 * @param api how a message enters and leaves: {@link #COPY}, {@link #CLAIM} or {@link #OFFER}; null
 *     if not recorded
 * @param producers how many ends send, at least 1
 * @param consumers how many ends receive, at least 1
 * @param batch how many messages a call may carry, at least 1
 * @param ratePerSecond pattern oneway: the scheduled messages per second; pattern rtt: the round
 *     trips, null there if one began as soon as the other was over; null elsewhere
 * @param schedule where there is a rate: {@link #FIXED} or {@link #EXPONENTIAL} times between
 *     messages; null elsewhere
 * @param gapNs pattern gap: how long both ends were idle before each message; pattern burst: the
 *     time from one burst's beginning to the next's; null elsewhere
 * @param capacityMessages how many messages of this size may be in flight in one direction; null if
 *     not known
 * @param load pattern oneway: the rate as a part, 0 to 1, of what the mechanism can carry; null if
 *     {@code ratePerSecond} was given
 */
@RecordBuilder
public record Factors(
        String mechanism,
        @JsonProperty("wait") String waiting,
        Pattern pattern,
        int size,
        String touch,
        String placement,
        List<Integer> cpus,
        long capacityBytes,
        String api,
        int producers,
        int consumers,
        int batch,
        Double ratePerSecond,
        String schedule,
        Long gapNs,
        Long capacityMessages,
        Double load) {

    /** The receiver sleeps in the kernel until there is a message. */
    public static final String BLOCK = "block";

    /**
     * The kernel carries the message; a flag in shared memory notifies the receiver that a read
     * will not block.
     */
    public static final String HINT = "hint";

    /** The receiver polls the kernel; most calls find nothing. */
    public static final String NONBLOCK = "nonblock";

    /** The receiver spins and never sleeps. */
    public static final String SPIN = "spin";

    /** The receiver spins and yields its processor between attempts. */
    public static final String YIELD = "yield";

    /** The receiver spins for a limited time, and then sleeps. */
    public static final String HYBRID = "hybrid";

    /** Memory is shared; the receiver sleeps on a futex, after at most a short spin. */
    public static final String FUTEX = "futex";

    /** Memory is shared; the receiver sleeps in a read of an eventfd. */
    public static final String EVENTFD = "eventfd";

    /** Every byte is written by the sender and read by the receiver. */
    public static final String FULL = "full";

    /** Only the first 64 bytes are written and read. */
    public static final String HEADER = "header";

    /** Only the sequence number is written and read: the first 8 bytes. */
    public static final String UNTOUCHED = "none";

    /** The mechanism copies out of the sender's buffer and into the receiver's. */
    public static final String COPY = "copy";

    /** Written in place and read in place. */
    public static final String CLAIM = "claim";

    /** Copied in from the sender's buffer, and read in place. */
    public static final String OFFER = "offer";

    /** The same time between any two messages. */
    public static final String FIXED = "fixed";

    /** Times as between independent events (a Poisson process); seeded. */
    public static final String EXPONENTIAL = "exponential";

    /** Copies the list; counts of ends and batch are at least 1. */
    public Factors {
        cpus = Copies.of(cpus);
        producers = Math.max(1, producers);
        consumers = Math.max(1, consumers);
        batch = Math.max(1, batch);
    }
}
