/**
 * Mailboxes for code that wants something else: a {@link java.util.concurrent.BlockingQueue}, a
 * queue of JCTools, the reactive streams of {@link java.util.concurrent.Flow}. Each is an adapter
 * over the public ends.
 */
package io.sluice.views;
