/**
 * The results of a run: plain records, written as JSON and read back. The JSON is authoritative;
 * the report is a view of it.
 *
 * <p>The format evolves by appending: a field is never renamed, never given another meaning and
 * never removed, and a reader ignores unknown fields. Missing fields are null, zero or empty, which
 * all mean "not recorded". Times are in nanoseconds.
 */
package io.sluice.compare.result;
