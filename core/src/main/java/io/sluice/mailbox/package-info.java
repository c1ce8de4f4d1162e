/**
 * Mailboxes: the queues of JCTools, extended by ends, blocking and the end of the stream.
 *
 * <ul>
 *   <li><b>Queues.</b> {@link io.sluice.mailbox.QueueFactory} selects one. {@link
 *       io.sluice.mailbox.AbstractMailbox} opens and closes ends under a lock; senders and
 *       receivers use the queue directly. {@link io.sluice.mailbox.QueueMailbox#addOrDrop} applies
 *       the policy of a full queue; undeliverable messages go to a callback.
 *   <li><b>Rendezvous.</b> Each end has a cell, an offer or a reservation; the winner of a
 *       compare-and-set has the message ({@link io.sluice.mailbox.RendezvousTable}).
 *   <li><b>Select.</b> It tries its clauses in a fair order; the first that can proceed wins, by
 *       its end's own {@code tryReceive} or {@code trySend}, and no other has any effect. Otherwise
 *       one {@link io.sluice.wait.ParkingWaiter} is enqueued at every enabled clause ({@link
 *       io.sluice.wait.Selectable}). In a rendezvous a waiting select keeps one offer or
 *       reservation pending, and retracts it before it tries again. Pipes are refused.
 * </ul>
 */
package io.sluice.mailbox;
