/** The orderings of mailboxes. */
package io.sluice.heap;
