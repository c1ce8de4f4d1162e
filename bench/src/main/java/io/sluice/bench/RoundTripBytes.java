package io.sluice.bench;

import org.openjdk.jmh.annotations.Param;

/** The round trip of ends that never sleep. */
public class RoundTripBytes extends RoundTrip {
    /** Who. */
    @Param({"sluice", "sluice-rendezvous", "agrona-one-to-one", "agrona-many-to-one", "aeron-ipc"})
    public String subject;

    @Override
    String subject() {
        return subject;
    }
}
