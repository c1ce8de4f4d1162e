package io.sluice.compare.result;

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
}
