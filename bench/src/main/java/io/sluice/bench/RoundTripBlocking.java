package io.sluice.bench;

import org.openjdk.jmh.annotations.Param;

/**
 * Round trip between ends that sleep whenever there is nothing to receive: mostly the cost of
 * waking a thread, twice, on a CPU that has become idle.
 */
public class RoundTripBlocking extends RoundTrip {
    /** The measured subject. */
    @Param({"sluice-sleeping", "sluice-rendezvous-sleeping", "kernel-pipe"})
    public String subject;

    @Override
    String subject() {
        return subject;
    }
}
