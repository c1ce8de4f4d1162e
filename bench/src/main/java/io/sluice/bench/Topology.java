package io.sluice.bench;

import java.util.List;

/**
 * The numbers of senders and receivers.
 *
 * @param senders 1 or 2
 * @param receivers 1 or 2
 */
record Topology(int senders, int receivers) {
    /** All measured topologies. */
    static final List<String> ALL = List.of("1-1", "2-1", "1-2", "2-2");

    /** Returns a topology by its name: senders, a hyphen, receivers. */
    static Topology of(String name) {
        if (!ALL.contains(name)) {
            throw new IllegalArgumentException(
                    "there is no topology '" + name + "': choose from " + ALL);
        }
        return new Topology(name.charAt(0) - '0', name.charAt(2) - '0');
    }

    boolean oneSender() {
        return senders == 1;
    }

    boolean oneReceiver() {
        return receivers == 1;
    }
}
