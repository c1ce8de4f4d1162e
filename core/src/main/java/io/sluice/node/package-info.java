/**
 * Nodes: names in a directory, each owned by one participant at a time, which send each other
 * messages, requests and replies.
 *
 * <p><b>What it is.</b> Direct message passing: a process or thread names its peer. The names,
 * their owners and <em>generations</em> are in one file, {@link io.sluice.node.NodeRegistry}. Each
 * node has two pipes for many senders and one receiver, its inbox and its replies. Node <i>n</i> is
 * the sender of lane <i>n</i> in the pipes of every other node: that lane is the link of the pair.
 * There is no other protocol than that of pipes.
 *
 * <p><b>Where the idea comes from.</b> Names that the kernel frees: Erlang's registered processes
 * and D-Bus's bus names. Replies that are valid for one request of one incarnation of the asker:
 * process aliases (EEP 53). An asker that is unblocked when its server dies: QNX.
 *
 * <p><b>Invariants.</b>
 *
 * <ul>
 *   <li>Only the holder of a name's lock changes its words and receives from its pipes. It
 *       increments the generation before it receives anything.
 *   <li>A request names the generation of the owner that it is for. No other one executes it.
 *   <li>A reply names the generation of the asker, and the number of the request. No other request
 *       gets it.
 *   <li>Replies have a pipe of their own: an asker that waits reads it, so a server that replies
 *       never waits for an asker that does not read.
 * </ul>
 *
 * <p><b>Guarantee.</b> What tries is wait-free once the link is open; the rest blocks. A paused
 * node keeps its name. The thread of a node uses it, except where a method says otherwise.
 */
package io.sluice.node;
