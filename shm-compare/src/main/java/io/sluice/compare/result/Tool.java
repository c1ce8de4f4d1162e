package io.sluice.compare.result;

/**
 * The program that measured.
 *
 * @param version its version
 * @param commit the commit it was built from, or null if not known
 */
public record Tool(String version, String commit) {}
