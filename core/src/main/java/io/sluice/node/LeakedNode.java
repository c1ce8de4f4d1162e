package io.sluice.node;

import java.lang.System.Logger;

/**
 * Closes a node that became unreachable without being closed: until then it owns its name.
 *
 * @param node the node
 */
record LeakedNode(NodeEndpoint node) implements Runnable {
    @Override
    public void run() {
        if (!node.isClosed()) {
            node.close();
            System.getLogger("io.sluice")
                    .log(
                            Logger.Level.WARNING,
                            "node "
                                    + node.name()
                                    + " was dropped without being closed, and is closed now: until"
                                    + " now it kept its name. Close each node, in a"
                                    + " try-with-resources statement for example");
        }
    }
}
