package io.sluice.bench;

import org.openjdk.jmh.annotations.Param;

/** Round trip between ends that spin. */
public class RoundTripBytes extends RoundTrip {
    /** The measured subject. */
    @Param({"sluice", "sluice-rendezvous", "agrona-one-to-one", "agrona-many-to-one", "aeron-ipc"})
    public String subject;

    @Override
    String subject() {
        return subject;
    }
}
