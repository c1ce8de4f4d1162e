/** Stress tests of the orderings of a mailbox's views. */
package io.sluice.views;
