/** Stress tests of the participants' orderings. */
package io.sluice.file;
