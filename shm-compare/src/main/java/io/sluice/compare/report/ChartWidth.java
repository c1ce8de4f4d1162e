package io.sluice.compare.report;

/**
 * The widths in which each picture is drawn. The style sheet shows the one that fits, so that
 * nothing has to be scrolled sideways on a phone; paper gets the wide one.
 */
enum ChartWidth {
    /** Names at the left of the marks, numbers at their right. */
    WIDE(720),
    /** Names and numbers above the marks. */
    NARROW(320);

    private final int pixels;

    ChartWidth(int width) {
        this.pixels = width;
    }

    /** Pixels. */
    int pixels() {
        return pixels;
    }

    boolean isNarrow() {
        return this == NARROW;
    }

    /** Returns the value that is meant for this width. */
    double pick(double wide, double narrow) {
        return isNarrow() ? narrow : wide;
    }
}
