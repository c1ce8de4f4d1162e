/** Stress tests of the orderings of futex events and waiters. */
package io.sluice.wait;
