/** Stress tests of the lanes' orderings. */
package io.sluice.ring;
