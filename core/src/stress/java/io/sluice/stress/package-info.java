/** Runs the jcstress tests of the orderings in docs/ORDERING.md, and what they share. */
package io.sluice.stress;
