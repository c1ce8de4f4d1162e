package io.sluice.compare.result;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;

/**
 * The varied factors. Mechanisms, ways to wait and placements that this version does not know are
 * kept and shown as they are; other values that another version wrote are {@code OTHER}, and the
 * measurement's id says what they were.
 *
 * @param mechanism the mechanism's id, "pipe" or "sluice" for instance
 * @param waiting (in JSON "wait", which cannot be the name of a record component) how an end waits
 * @param pattern how messages are exchanged; {@link Pattern#OTHER} if another version knows more
 * @param size bytes of one message
 * @param touch how much of a message both ends touch; null if not recorded
 * @param placement where the ends run, by name
 * @param cpus the processors of the ends: initiator, responder, and more where there are more ends;
 *     empty if not pinned
 * @param capacityBytes how many bytes may be in flight in one direction, 0 if not known
 * @param api how a message enters and leaves: "copy" (the mechanism copies out of the sender's
 *     buffer and into the receiver's), "claim" (written and read in place) or "offer" (copied in,
 *     and read in place); null if not recorded
 * @param producers how many ends send, at least 1
 * @param consumers how many ends receive, at least 1
 * @param batch how many messages a call may carry, at least 1
 * @param ratePerSecond pattern oneway: the scheduled messages per second; pattern rtt: the round
 *     trips, null there if one began as soon as the other was over; null elsewhere
 * @param schedule where there is a rate: which times are between messages; null elsewhere
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
        @JsonProperty("wait") @JsonInclude(JsonInclude.Include.NON_EMPTY) Waiting waiting,
        Pattern pattern,
        int size,
        Touch touch,
        String placement,
        List<Integer> cpus,
        long capacityBytes,
        String api,
        int producers,
        int consumers,
        int batch,
        Double ratePerSecond,
        Schedule schedule,
        Long gapNs,
        Long capacityMessages,
        Double load) {

    private static final int ALIKE = 2;

    /**
     * Copies the list; a way to wait that is not recorded is one too; counts of ends and batch are
     * at least 1.
     */
    public Factors {
        waiting = waiting == null ? Waiting.UNKNOWN : waiting;
        cpus = Copies.of(cpus);
        producers = Math.max(1, producers);
        consumers = Math.max(1, consumers);
        batch = Math.max(1, batch);
    }

    /** Tests whether no message is sent before the one before it was answered. */
    public boolean sendsOneAtATime() {
        return pattern != null && pattern.hasReply();
    }

    /** Returns how many bytes of messages fit in one direction; 0 if not known. */
    public long fits() {
        long counted = capacityMessages == null ? 0 : capacityMessages * size;
        return counted > 0 && capacityBytes > 0
                ? Math.min(counted, capacityBytes)
                : Math.max(counted, capacityBytes);
    }

    /**
     * Tests whether about as much fits as in another, within a factor of two: with less room, a
     * sender waits more often. It does not matter where they go {@linkplain #sendsOneAtATime() one
     * at a time}.
     */
    public boolean fitsAsMuchAs(Factors other) {
        return sendsOneAtATime()
                || fits() <= ALIKE * other.fits() && other.fits() <= ALIKE * fits();
    }
}
