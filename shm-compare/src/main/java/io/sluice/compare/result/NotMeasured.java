package io.sluice.compare.result;

/**
 * Something that a reader may expect and that was not measured.
 *
 * @param what a mechanism, pattern, size, placement or counter
 * @param why the reason
 */
public record NotMeasured(String what, String why) {}
