package io.sluice.compare.result;

/**
 * A slice of a fork.
 *
 * @param startNs when it began, counted from the first measured message
 * @param messages how many it covers
 * @param p50Ns their median round trip, or response time in pattern oneway
 * @param p99Ns the 99th percentile; null if too few samples support it
 * @param maxNs the largest
 */
public record Window(long startNs, long messages, double p50Ns, Double p99Ns, double maxNs) {}
