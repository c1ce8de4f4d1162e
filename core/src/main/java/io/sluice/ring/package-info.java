/**
 * Lanes: a single sender's ring inside a pipe, the layout and the protocol of such rings, and how
 * their endpoints notify each other. Uses shared memory, and the words on which an endpoint blocks;
 * no files and no processes.
 *
 * <ul>
 *   <li><b>One receiver.</b> {@link io.sluice.ring.SpscRingSender} publishes a record by its own
 *       word; {@link io.sluice.ring.SpscRingReceiver} returns space once per batch.
 *   <li><b>Many receivers.</b> Each message goes to one. Beside the ring lies a ring of message
 *       slots, one per message: <em>ready</em>, <em>taken</em> by a named owner, or <em>done</em>.
 *       {@link io.sluice.ring.SpmcRingSender} writes payload and record reference, then stores
 *       <em>ready</em>; {@link io.sluice.ring.SpmcRingReceiver} takes it by compare-and-set, hands
 *       the message out, and stores <em>done</em>. The <em>hint</em> is where receivers begin to
 *       look; it is never authoritative.
 *   <li><b>Many senders.</b> Each has its own lane; its successor reuses it. {@link
 *       io.sluice.ring.RoundRobinReceiver} serves the lanes whose <em>ready</em> bit is set, in
 *       turn, at most 64 messages each. {@link io.sluice.ring.ReadySet} clears the bit of a lane
 *       found empty 1,024 times in a row; its sender's {@link io.sluice.ring.Doorbell} sets it
 *       again. The sender does not fence for that, so every 64th turn also checks one lane
 *       regardless of its bit. For arrival order {@link io.sluice.ring.TimestampedLaneSender} puts
 *       a timestamp in front of each message; {@link io.sluice.ring.TimestampMergeReceiver} takes
 *       the smallest after a second look at empty lanes.
 *   <li><b>Unbounded.</b> A segmented ring is a linked list of rings. When the newest is full,
 *       {@link io.sluice.ring.SegmentedRingSender} reuses one that was received, or allocates
 *       space, and links it by one store in the segment table. {@link
 *       io.sluice.ring.SegmentedRingReceiver} retires each ring that was fully received, and frees
 *       most space once the backlog is gone. A full disk is detected before a ring is linked.
 *   <li><b>Rendezvous.</b> A lane is one offer. {@link io.sluice.ring.RendezvousLaneSender} writes
 *       it and makes it ready; {@link io.sluice.ring.RendezvousLaneReceiver} copies it, then takes
 *       it by one compare-and-set from <em>ready</em> to <em>done</em>. The sender waits for
 *       <em>done</em>, or retracts the offer; if that fails, it was received.
 * </ul>
 */
package io.sluice.ring;
