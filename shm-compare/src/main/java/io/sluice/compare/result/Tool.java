package io.sluice.compare.result;

/**
 * The program that measured.
 *
 * @param version its version
 * @param commit the commit it was built from, or null if not known
 * @param dirty whether files differed from that commit; null if not known
 * @param jarSha256 the digest of its jar in hexadecimal; null if it did not run from one
 */
public record Tool(String version, String commit, Boolean dirty, String jarSha256) {}
