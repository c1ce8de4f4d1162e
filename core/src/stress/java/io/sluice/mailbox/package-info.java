/** Stress tests of the mailboxes' orderings. */
package io.sluice.mailbox;
