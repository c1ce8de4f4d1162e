/** Mailboxes: the queues of JCTools with ends, waiting and the end of the stream on top. */
package io.sluice.heap;
