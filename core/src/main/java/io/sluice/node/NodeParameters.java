package io.sluice.node;

import io.sluice.wait.DrainMode;
import org.agrona.concurrent.IdleStrategy;

/**
 * What a node is made with.
 *
 * @param maxNodes the number of names, if the directory is new
 * @param capacity the capacity of each link to the node, in bytes
 * @param idle what the node does between two checks; null for a node that blocks in the kernel
 * @param spins the number of checks before it blocks, or {@link
 *     io.sluice.wait.Waiter#DEFAULT_SPINS}
 * @param drain how long it backs off from lanes after a batch
 * @param startsEmpty whether it drops what was sent to an earlier owner of its name
 * @param replaceable whether it leaves when another node asks for its name
 * @param replaces whether it asks an owner of its name to leave that is replaceable
 */
public record NodeParameters(
        int maxNodes,
        int capacity,
        IdleStrategy idle,
        int spins,
        DrainMode drain,
        boolean startsEmpty,
        boolean replaceable,
        boolean replaces) {}
