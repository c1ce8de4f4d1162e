/**
 * Adapters of mailboxes to other interfaces: {@link java.util.concurrent.BlockingQueue}, the queues
 * of JCTools, and the reactive streams of {@link java.util.concurrent.Flow}. Each is built on the
 * public ends.
 */
package io.sluice.views;
