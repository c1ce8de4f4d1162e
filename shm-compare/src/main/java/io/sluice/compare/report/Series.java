package io.sluice.compare.report;

import io.sluice.compare.result.Factors;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a mechanism looks and what it is called in words. Color never stands alone: each has a shape
 * too.
 *
 * @param index chooses color and shape
 * @param name what it is, in words that no other series of the run has
 * @param detail its id and how it waits
 * @param sleep whether a reader that waits sleeps: its mark is hollow then
 */
record Series(int index, String name, String detail, Sleep sleep) {
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
    static final String MARKS =
            "A hollow mark means that a waiting reader sleeps, a pale one that it spins first and"
                    + " then sleeps.";

    /** Colors in the style sheet. */
    static final int COLORS = 8;

    private static final int SHAPES = 7;
    private static final List<String> KNOWN =
            List.of("sluice", "pipe", "pipe.hint", "uds.stream", "fifo");
    private static final Set<String> SLEEPING =
            Set.of(Factors.BLOCK, Factors.FUTEX, Factors.EVENTFD);
    private static final Map<String, String> WAITS =
            Map.of(
                    Factors.BLOCK, "blocking",
                    Factors.HINT, "hinted",
                    Factors.NONBLOCK, "asking again",
                    Factors.SPIN, "spinning",
                    Factors.YIELD, "yielding",
                    Factors.HYBRID, "spin, then sleep",
                    Factors.FUTEX, "futex",
                    Factors.EVENTFD, "eventfd");

    /**
     * Returns a mechanism's series; unknown mechanisms get the remaining colors and shapes, in
     * order of appearance.
     */
    static Series of(Factors factors, List<String> mechanisms) {
        String id = String.valueOf(factors.mechanism());
        int known = KNOWN.indexOf(id);
        List<String> others = mechanisms.stream().filter(m -> !KNOWN.contains(m)).toList();
        int index = known >= 0 ? known : KNOWN.size() + Math.max(0, others.indexOf(id));
        return new Series(
                index,
                MechanismNames.of(factors),
                id + " · " + wait(factors),
                sleep(String.valueOf(factors.waiting())));
    }

    /**
     * Returns the same, with more in its name and detail: the placement, for runs that have
     * several.
     */
    Series with(String more) {
        return new Series(index, name + ", " + more, detail + " · " + more, sleep);
    }

    /**
     * Returns the name in the given number of characters. The part after its last comma
     * distinguishes it from others, so that part is not cut off.
     */
    String name(int most) {
        int comma = name.lastIndexOf(", ");
        int kept = comma < 0 ? 0 : name.length() - comma;
        return name.length() <= most || kept == 0 || kept > most / 2
                ? ReportModel.shorten(name, most)
                : ReportModel.shorten(name.substring(0, comma), most - kept)
                        + name.substring(comma);
    }

    /** Returns the name where it must be unique. */
    String title() {
        return name + " (" + detail + ")";
    }

    static String wait(Factors factors) {
        String waiting = String.valueOf(factors.waiting());
        return WAITS.getOrDefault(waiting, waiting);
    }

    private static Sleep sleep(String waiting) {
        if (SLEEPING.contains(waiting)) {
            return Sleep.IMMEDIATELY;
        }
        return Factors.HYBRID.equals(waiting) ? Sleep.AFTER_SPINNING : Sleep.NEVER;
    }

    String color() {
        return "c" + index % COLORS;
    }

    /** Returns its color, and how its marks and curves differ from others of one color. */
    String style() {
        return color() + sleep.style;
    }

    /** Returns an SVG path of the shape, about 10 wide, around a point. */
    String shape(double x, double y) {
        return switch (index % SHAPES) {
            case 0 -> path(x - 5, y, "a5,5 0 1,0 10,0 a5,5 0 1,0 -10,0z");
            case 1 -> path(x - 4.5, y - 4.5, "h9v9h-9z");
            case 2 -> path(x, y - 6, "l6,6 -6,6 -6,-6z");
            case 3 -> path(x, y - 5.5, "l6,10 -12,0z");
            case 4 -> path(x, y + 5.5, "l6,-10 -12,0z");
            case 5 -> path(x - 1.5, y - 5.5, "h3v4h4v3h-4v4h-3v-4h-4v-3h4z");
            default -> path(x - 6, y - 3, "h12v6h-12z");
        };
    }

    private static String path(double x, double y, String rest) {
        return "M" + Svg.number(x) + "," + Svg.number(y) + rest;
    }
}
