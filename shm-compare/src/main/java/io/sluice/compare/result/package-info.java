/**
 * What a run found: plain records, written as JSON and read back. The JSON is the truth, the report
 * is a view of it.
 *
 * <p>The format grows by appending: a field is never renamed, never given another meaning and never
 * removed, and a reader ignores fields it does not know. Fields it does not find are null, zero or
 * empty, which all mean "not recorded". Times are in nanoseconds.
 */
package io.sluice.compare.result;
