package io.sluice.node;

import io.sluice.pipe.WaiterFactory;
import io.sluice.wait.DrainMode;

/**
 * What a node is made with.
 *
 * @param maxNodes the number of names, if the directory is new
 * @param capacity the capacity of each link to the node, in bytes
 * @param waiterFactory how the node waits
 * @param drain how long it backs off from lanes after a batch
 * @param startsEmpty whether it drops what was sent to an earlier owner of its name
 */
public record NodeParameters(
        int maxNodes,
        int capacity,
        WaiterFactory waiterFactory,
        DrainMode drain,
        boolean startsEmpty) {}
