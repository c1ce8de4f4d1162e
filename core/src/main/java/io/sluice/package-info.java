/** Public API: pipes, mailboxes, select. */
package io.sluice;
