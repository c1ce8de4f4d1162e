/**
 * A mailbox as a {@link java.util.concurrent.BlockingQueue} and as a queue of JCTools, over public
 * types only. Each call borrows an end; peeking moves messages to a buffer, which later calls empty
 * first.
 */
package io.sluice.queue;
