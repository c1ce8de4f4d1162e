/**
 * The report: one HTML page made from {@link io.sluice.compare.result.Results}. It loads nothing,
 * needs no script, and the same results give the same bytes.
 */
package io.sluice.compare.report;
