/** Mailboxes: the queues of JCTools, extended by ends, blocking and the end of the stream. */
package io.sluice.mailbox;
