/** Stress tests of the orderings of a mailbox's queues. */
package io.sluice.queue;
