/** The orderings of bells. */
package io.sluice.waiting;
