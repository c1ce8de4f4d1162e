/** Stress tests of the orderings of a directory's names. */
package io.sluice.node;
