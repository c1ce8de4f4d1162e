package io.sluice.node;

/** What is told when nodes come and go. */
@FunctionalInterface
public interface PresenceListener {
    /**
     * Handles a change.
     *
     * @param name the name
     * @param present whether it has an owner now
     */
    void onChange(String name, boolean present);
}
