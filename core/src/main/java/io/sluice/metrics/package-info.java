/**
 * The statistics of pipes, mailboxes and nodes as meters of Micrometer and as MXBeans, over public
 * types only. Both are optional: the meters need {@code micrometer-core}, the MXBeans the module
 * {@code java.management}. What is read is read by the thread that asks; no message is slowed down.
 */
package io.sluice.metrics;
