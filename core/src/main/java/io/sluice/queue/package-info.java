/**
 * A mailbox as a {@link java.util.concurrent.BlockingQueue} and as a queue of JCTools, over public
 * types only.
 */
package io.sluice.queue;
