package io.sluice.bench;

import org.openjdk.jmh.annotations.Param;

/**
 * The round trip of ends that sleep whenever there is nothing to receive: mostly the price of
 * waking a thread, twice, on a CPU that has gone idle meanwhile.
 */
public class RoundTripBlocking extends RoundTrip {
    /** Who. */
    @Param({"sluice-sleeping", "sluice-rendezvous-sleeping", "kernel-pipe"})
    public String subject;

    @Override
    String subject() {
        return subject;
    }
}
