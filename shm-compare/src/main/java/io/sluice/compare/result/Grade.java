package io.sluice.compare.result;

import java.util.List;

/**
 * One judgement of a whole run: how far its numbers may be used. Stored with the run, and decided
 * by a rule that looks at the machine and at the forks, never at which mechanism is faster.
 *
 * @param letter {@link #QUOTABLE}, {@link #USABLE} or {@link #DO_NOT_QUOTE}
 * @param reasons why it is not better, in words; empty for {@link #QUOTABLE}
 */
public record Grade(String letter, List<String> reasons) {
    /** Nothing speaks against quoting the numbers, with their scope. */
    public static final String QUOTABLE = "A";

    /** The numbers show what is the faster and by about how much; they are not for quoting. */
    public static final String USABLE = "B";

    /** The machine disturbed the run, or too little was measured. */
    public static final String DO_NOT_QUOTE = "C";

    /** Copies the list. */
    public Grade {
        reasons = Copies.of(reasons);
    }

    /** Returns the letter in words: "quotable", "usable" or "do not quote". */
    public String words() {
        return QUOTABLE.equals(letter)
                ? "quotable"
                : USABLE.equals(letter) ? "usable" : "do not quote";
    }
}
