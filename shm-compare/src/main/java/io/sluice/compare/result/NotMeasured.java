package io.sluice.compare.result;

/**
 * Something that a reader may look for and not find.
 *
 * @param what a mechanism, pattern, size, placement or counter
 * @param why the reason
 */
public record NotMeasured(String what, String why) {}
