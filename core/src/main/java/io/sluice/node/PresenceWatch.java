package io.sluice.node;

import io.sluice.NodeListener;

/**
 * The changes of the names' owners since the last look. A node that joins or leaves changes the
 * epoch; one that dies is found by its lock: of one name in each millisecond without messages.
 *
 * <p>Wait-free. One thread.
 */
final class PresenceWatch {
    private final NodeRegistry registry;
    private final int self;
    private final NodeListener listener;
    private final ProbePacer pacer = new ProbePacer();

    /** The generation that each name had at the last look; 0 if it had no owner. */
    private final long[] known;

    private long epoch;
    private int next;
    private boolean probeDue;

    PresenceWatch(NodeRegistry registry, int self, NodeListener listener) {
        this.registry = registry;
        this.self = self;
        this.listener = listener;
        this.known = new long[registry.capacity()];
        this.epoch = registry.epoch() - 1;
    }

    /** Looks for changes, and tells them. */
    void poll(boolean timedOut) {
        boolean probeAll = timedOut || probeDue;
        probeDue = false;
        long now = registry.epoch();
        if (now != epoch) {
            epoch = now;
            for (int slot = 0; slot < known.length; slot++) {
                look(slot);
            }
        } else if (pacer.isDue(probeAll)) {
            for (int i = 0; i < known.length; i++) {
                next = next + 1 < known.length ? next + 1 : 0;
                if (known[next] != 0 && next != self) {
                    look(next);
                    if (!probeAll) {
                        return;
                    }
                }
            }
        }
    }

    /**
     * Tests whether the next poll may have a change to tell. A wait that timed out and is over by
     * then counts for that poll: each name's owner is asked for.
     */
    boolean isDue(boolean timedOut) {
        probeDue |= timedOut;
        return probeDue || registry.epoch() != epoch;
    }

    private void look(int slot) {
        if (slot == self) {
            return;
        }
        long joined = registry.joined(slot);
        long present = joined != 0 && registry.isPresent(slot) ? joined : 0;
        if (present == known[slot]) {
            return;
        }
        boolean wasPresent = known[slot] != 0;
        known[slot] = present;
        if (wasPresent) {
            listener.onChange(registry.nameOfOwner(slot), false);
        }
        if (present != 0) {
            listener.onChange(registry.nameOfOwner(slot), true);
        }
    }
}
