/** Stress tests of the orderings of bells and waiters. */
package io.sluice.waiting;
