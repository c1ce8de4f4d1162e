package io.sluice;

/** Is told when other nodes come and go. */
@FunctionalInterface
public interface NodeListener {
    /**
     * Handles a change. Called by the thread of the node that it was set on, inside calls that
     * receive; it may use that node, but not receive from it or close it.
     *
     * @param name the name
     * @param present true if it has an owner now; false if that has left or died
     */
    void onChange(String name, boolean present);
}
