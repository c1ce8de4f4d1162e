/** Stress tests of the participants' orderings. */
package io.sluice.pipe.storage;
