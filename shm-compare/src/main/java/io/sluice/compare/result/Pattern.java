package io.sluice.compare.result;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How the ends of a measurement exchange messages: its traffic and its labels. */
public enum Pattern {
    /** Round trips, one message in flight at a time. */
    RTT("Round trips", "how long a message and its answer take"),

    /** Messages in one direction, as many as fit. */
    STREAM("Streams", "how many messages pass at the most"),

    /**
     * Messages in one direction, each sent on schedule, independent of earlier ones (open loop).
     */
    ONEWAY("Messages at a fixed rate", "how long they wait before they are sent"),

    /** Several senders, one receiver. */
    FANIN("Several senders", "whether they get equal shares"),

    /** One sender, several receivers; each of them receives every message. */
    FANOUT("Several receivers", "what each more of them costs"),

    /** Several messages at once, then none for a while. */
    BURST("Bursts", "how long the last of many takes"),

    /** A round trip after both ends were idle for a while. */
    GAP("Messages after a pause", "a wake-up after a quiet second may take longer"),

    /** More pairs of ends than processors. */
    OVERSUB("More ends than CPUs", "what spinning does then"),

    /** Creating, opening, a first message, closing. */
    LIFECYCLE("Making and closing", "what a short connection costs"),

    /** One end is killed. */
    PEERDEATH("The death of an end", "when the other one learns of it"),

    /** A pattern that another version of this program wrote. */
    OTHER("Other patterns", "what another version measures");

    private final String label;
    private final String answer;

    Pattern(String label, String answer) {
        this.label = label;
        this.answer = answer;
    }

    /** Returns all patterns that can be measured, in the order in which they are shown. */
    public static List<Pattern> all() {
        return Arrays.stream(values()).filter(pattern -> pattern != OTHER).toList();
    }

    /** Returns the pattern of a name; {@link #OTHER} if this version does not know it. */
    @JsonCreator
    public static Pattern of(String id) {
        return all().stream().filter(pattern -> pattern.id().equals(id)).findFirst().orElse(OTHER);
    }

    /** Returns the name on the command line and in files. */
    @JsonValue
    public String id() {
        return name().toLowerCase(Locale.ROOT);
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
            default -> "pattern " + id();
        };
    }

    /** Returns what its measurements tell, as an indirect question. */
    public String answer() {
        return answer;
    }

    /** Tests whether a reply comes for each message. */
    public boolean hasReply() {
        return this == RTT || this == GAP || this == OVERSUB;
    }

    /** Tests whether the sender sends as soon as there is room. */
    public boolean isFlood() {
        return this == STREAM || hasSeveralEnds();
    }

    /** Tests whether one side has several ends that share messages or receive the same. */
    public boolean hasSeveralEnds() {
        return this == FANIN || this == FANOUT;
    }

    /** Tests whether it depends on the size of messages so much that several are measured. */
    public boolean variesWithSize() {
        return this == RTT || this == STREAM;
    }

    /** Returns the number of threads that need a CPU at the same time. */
    public int threads(int producers, int consumers) {
        return switch (this) {
            case FANIN, FANOUT -> producers + consumers;
            case OVERSUB -> 2 * producers;
            default -> 2;
        };
    }

    /** Returns {@link #id}. */
    @Override
    public String toString() {
        return id();
    }
}
