/**
 * Results in the formats of other tools, and what these and the report have in common: the numbers
 * of a measurement, their units, and tables.
 */
package io.sluice.compare.export;
