package io.sluice.compare.rig;

import io.sluice.compare.transport.Transport;

/**
 * One thing to measure.
 *
 * @param transport the mechanism
 * @param pattern how messages are exchanged
 * @param size how long they are, in bytes
 */
public record CellPlan(Transport transport, String pattern, int size) {
    /**
     * The cell's name in results.
     *
     * @return mechanism, waiting, pattern, size
     */
    public String id() {
        return transport.id() + "/" + transport.waiting() + "/" + pattern + "/" + size;
    }
}
