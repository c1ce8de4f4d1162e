package io.sluice.compare.result;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;

/** How the ends of a measurement exchange messages: its ends, its traffic and its labels. */
public enum Pattern {
    /** Round trips, one message in flight at a time. */
    RTT(
            "rtt",
            EndCounts.PAIR,
            TrafficKind.ANSWERED,
            "Round trips",
            "how long a message and its answer take"),

    /** Messages in one direction, as many as fit. */
    STREAM(
            "stream",
            EndCounts.PAIR,
            TrafficKind.FLOOD,
            "Streams",
            "how many messages pass at the most"),

    /**
     * Messages in one direction, each sent on schedule, independent of earlier ones (open loop).
     */
    ONEWAY(
            "oneway",
            EndCounts.PAIR,
            TrafficKind.SCHEDULED,
            "Messages at a fixed rate",
            "how long they wait before they are sent"),

    /** Several senders, one receiver. */
    FANIN(
            "fanin",
            EndCounts.SENDERS,
            TrafficKind.FLOOD,
            "Several senders",
            "whether they get equal shares"),

    /** One sender, several receivers; each of them receives every message. */
    FANOUT(
            "fanout",
            EndCounts.RECEIVERS,
            TrafficKind.FLOOD,
            "Several receivers",
            "what each more of them costs"),

    /** Several messages at once, then none for a while. */
    BURST(
            "burst",
            EndCounts.PAIR,
            TrafficKind.SCHEDULED,
            "Bursts",
            "how long the last of many takes"),

    /** A round trip after both ends were idle for a while. */
    GAP(
            "gap",
            EndCounts.PAIR,
            TrafficKind.ANSWERED,
            "Messages after a pause",
            "a wake-up after a quiet second may take longer"),

    /** More pairs of ends than processors. */
    OVERSUB(
            "oversub",
            EndCounts.PAIRS,
            TrafficKind.ANSWERED,
            "More ends than CPUs",
            "what spinning does then"),

    /** Creating, opening, a first message, closing. */
    LIFECYCLE(
            "lifecycle",
            EndCounts.PAIR,
            TrafficKind.ONCE,
            "Making and closing",
            "what a short connection costs"),

    /** One end is killed. */
    PEERDEATH(
            "peerdeath",
            EndCounts.PAIR,
            TrafficKind.ONCE,
            "The death of an end",
            "when the other one learns of it"),

    /** A pattern that another version of this program wrote. */
    OTHER(
            "other",
            EndCounts.PAIR,
            TrafficKind.ONCE,
            "Other patterns",
            "what another version measures");

    /** Which ends there are. */
    public enum EndCounts {
        /** One sender, one receiver. */
        PAIR,
        /** Several senders, one receiver. */
        SENDERS,
        /** One sender, several receivers. */
        RECEIVERS,
        /** Several pairs. */
        PAIRS
    }

    /** When the next message is sent. */
    public enum TrafficKind {
        /** After the answer to the one before. */
        ANSWERED,
        /** As soon as there is room. */
        FLOOD,
        /** When a schedule says so. */
        SCHEDULED,
        /** There is no flow of messages. */
        ONCE
    }

    private final String id;
    private final EndCounts ends;
    private final TrafficKind traffic;
    private final String label;
    private final String answer;

    Pattern(String id, EndCounts ends, TrafficKind traffic, String label, String answer) {
        this.id = id;
        this.ends = ends;
        this.traffic = traffic;
        this.label = label;
        this.answer = answer;
    }

    /** Returns all patterns that can be measured, in the order in which they are shown. */
    public static List<Pattern> all() {
        return Arrays.stream(values()).filter(pattern -> pattern != OTHER).toList();
    }

    /**
     * Returns the pattern of a name.
     *
     * @param id as on the command line: "rtt" for instance
     * @throws NoSuchElementException if there is none; the message lists those that there are
     */
    public static Pattern of(String id) {
        return all().stream()
                .filter(pattern -> pattern.id.equals(id))
                .findFirst()
                .orElseThrow(
                        () ->
                                new NoSuchElementException(
                                        "there is no pattern '"
                                                + id
                                                + "': choose from "
                                                + all().stream()
                                                        .map(Pattern::id)
                                                        .collect(Collectors.joining(","))));
    }

    /** Returns the pattern of a name in a file; {@link #OTHER} if this version does not know it. */
    @JsonCreator
    static Pattern ofFile(String id) {
        return all().stream().filter(each -> each.id.equals(id)).findFirst().orElse(OTHER);
    }

    /** Returns the name on the command line and in files. */
    @JsonValue
    public String id() {
        return id;
    }

    /** Returns the label of its measurements in a report, beginning with a capital. */
    public String label() {
        return label;
    }

    /** Returns where a number of it was measured, within a sentence: "in round trips". */
    public String words() {
        return switch (this) {
            case RTT -> "in round trips";
            case STREAM -> "in a stream";
            default -> "pattern " + id;
        };
    }

    /** Returns what its measurements tell, as an indirect question. */
    public String answer() {
        return answer;
    }

    /** Tests whether a reply comes for each message. */
    public boolean hasReply() {
        return traffic == TrafficKind.ANSWERED;
    }

    /** Tests whether the sender sends as soon as there is room. */
    public boolean isFlood() {
        return traffic == TrafficKind.FLOOD;
    }

    /** Tests whether one side has several ends that share messages or receive the same. */
    public boolean hasSeveralEnds() {
        return ends == EndCounts.SENDERS || ends == EndCounts.RECEIVERS;
    }

    /** Tests whether a receiver has a link of its own, apart from the other receivers. */
    public boolean hasLinkPerReceiver() {
        return ends == EndCounts.RECEIVERS;
    }

    /** Tests whether it depends on the size of messages so much that several are measured. */
    public boolean variesWithSize() {
        return this == RTT || this == STREAM;
    }

    /** Returns the number of threads that need a CPU at the same time. */
    public int threads(int producers, int consumers) {
        return switch (ends) {
            case PAIR -> 2;
            case PAIRS -> 2 * producers;
            case SENDERS, RECEIVERS -> producers + consumers;
        };
    }

    /** Returns {@link #id}. */
    @Override
    public String toString() {
        return id;
    }
}
