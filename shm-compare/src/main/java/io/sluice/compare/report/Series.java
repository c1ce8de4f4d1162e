package io.sluice.compare.report;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Waiting;
import java.util.List;
import java.util.Locale;

/**
 * A mechanism with its way to wait: its one name, which the whole page uses, and how its marks
 * look. Color never stands alone: each has a shape too.
 *
 * @param index chooses color and shape
 * @param mechanism what it is and how it waits, in words
 * @param qualifier what distinguishes a measurement from the usual ones, for instance its batch;
 *     empty if nothing does
 * @param sleep whether a reader that waits sleeps: its mark is hollow then
 */
record Series(int index, String mechanism, String qualifier, Sleep sleep) {
    /** How a waiting reader behaves. */
    enum Sleep {
        NEVER(""),
        /** It spins first. */
        AFTER_SPINNING(" pale"),
        IMMEDIATELY(" hollow");

        private final String style;

        Sleep(String style) {
            this.style = style;
        }
    }

    /** What the looks of marks mean. */
    static final String MARKS = Text.of("series.marks");

    /** Colors in the style sheet. */
    static final int COLORS = 8;

    /** SVG paths, about 10 wide, around the origin. */
    private static final List<String> SHAPES =
            List.of(
                    "M-5,0a5,5 0 1,0 10,0 a5,5 0 1,0 -10,0z",
                    "M-4.5,-4.5h9v9h-9z",
                    "M0,-6l6,6 -6,6 -6,-6z",
                    "M0,-5.5l6,10 -12,0z",
                    "M0,5.5l6,-10 -12,0z",
                    "M-1.5,-5.5h3v4h4v3h-4v4h-3v-4h-4v-3h4z",
                    "M-6,-3h12v6h-12z");

    private static final List<String> KNOWN =
            List.of("sluice", "pipe", "pipe.hint", "uds.stream", "fifo");

    /**
     * Returns a mechanism's series; unknown mechanisms get the remaining colors and shapes, in
     * order of appearance.
     */
    static Series of(Factors factors, List<String> mechanisms) {
        String id = String.valueOf(factors.mechanism());
        Waiting waiting = factors.waiting();
        int known = KNOWN.indexOf(id);
        List<String> others = mechanisms.stream().filter(m -> !KNOWN.contains(m)).toList();
        int index = known >= 0 ? known : KNOWN.size() + Math.max(0, others.indexOf(id));
        Sleep sleep =
                waiting.sleeps()
                        ? Sleep.IMMEDIATELY
                        : waiting.sleepsAfterSpinning() ? Sleep.AFTER_SPINNING : Sleep.NEVER;
        return new Series(index, name(id, waiting), "", sleep);
    }

    /**
     * Returns the name of a mechanism and a way to wait. Blocking is what the kernel's objects do
     * unless the name says otherwise, and a mechanism of one way needs no word for it; an unknown
     * mechanism keeps its id.
     */
    static String name(String id, Waiting waiting) {
        String base = id.replaceFirst("\\.(hint|nonblock)$", "");
        String name = Text.or(base, "name." + base);
        boolean always =
                waiting.equals(Waiting.BLOCK)
                        || base.equals("eventfd")
                        || base.matches("agrona.*|aeron.*|chronicle.*")
                                && waiting.equals(Waiting.SPIN);
        return always && Text.has("name." + base)
                ? name
                : name + ", " + Text.or(waiting.toString(), "wait." + waiting);
    }

    /** Returns what a blocking mechanism is called within a sentence: "pipe", "Unix socket". */
    static String noun(String id) {
        String name = name(String.valueOf(id), Waiting.BLOCK);
        return name.startsWith("Pipe") || name.startsWith("Named")
                ? name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1)
                : name;
    }

    /**
     * Tests whether the kernel passes its messages on; false for shared memory and unknown ones.
     */
    static boolean isKernel(Factors factors) {
        return String.valueOf(factors.mechanism())
                .matches("(pipe|fifo|uds|mmsg|mq|tcp|udp|epoll|nio|vmread|netty|grpc|jeromq)\\b.*");
    }

    /** Returns the same, with more in its qualifier. */
    Series with(String more) {
        return new Series(
                index, mechanism, qualifier.isEmpty() ? more : qualifier + ", " + more, sleep);
    }

    /** Returns the mechanism and what distinguishes the measurement. */
    String name() {
        return qualifier.isEmpty() ? mechanism : mechanism + ", " + qualifier;
    }

    String color() {
        return "c" + index % COLORS;
    }

    /** Returns its color, and how its marks differ from others of one color. */
    String style() {
        return color() + sleep.style;
    }

    /** Returns an SVG path of the shape, about 10 wide, around the origin. */
    String shape() {
        return SHAPES.get(index % SHAPES.size());
    }
}
