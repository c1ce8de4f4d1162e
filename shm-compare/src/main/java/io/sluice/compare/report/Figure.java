package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import java.util.function.IntFunction;

/**
 * A picture with what belongs to it.
 *
 * @param id its anchor
 * @param title what it shows
 * @param takeaway what the reader should see, in a sentence or two; may be empty
 * @param picture SVG for both widths, or the data of curves
 * @param caption how to read it
 * @param table the same numbers
 */
record Figure(
        String id, String title, String takeaway, String picture, String caption, DataTable table) {
    /** Draws the picture for each width. */
    static String both(IntFunction<String> drawing) {
        return drawing.apply(Svg.WIDE) + drawing.apply(Svg.NARROW);
    }
}
