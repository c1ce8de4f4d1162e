package io.sluice.compare.result;

import java.util.Comparator;
import java.util.List;

/**
 * One check of the machine, by its doctor.
 *
 * @param level {@link #GREEN}, {@link #YELLOW} or {@link #RED}
 * @param text what was found
 * @param remedy what to do about it, or null
 * @param id names the check, "clocksource" for instance; null if not recorded
 */
public record Note(String level, String text, String remedy, String id) {
    /** As it should be. */
    public static final String GREEN = "green";

    /** The numbers are valid, with this caveat. */
    public static final String YELLOW = "yellow";

    /** The numbers should not be quoted. */
    public static final String RED = "red";

    private static final List<String> LEVELS = List.of(GREEN, YELLOW, RED);

    /** Returns these, the worst first; those of one level stay in their order. */
    public static List<Note> worstFirst(List<Note> notes) {
        return notes.stream()
                .sorted(Comparator.comparingInt(n -> -LEVELS.indexOf(String.valueOf(n.level))))
                .toList();
    }
}
