package io.sluice.bench;

import org.openjdk.jmh.annotations.Param;

/**
 * What it costs a stream that an end <em>may</em> sleep: nobody does while messages flow, but each
 * side must be ready to wake the other. Our pipe with ends that spin, with a receiver that waits
 * the default way, and with both ends waiting so.
 */
public class StreamSleeping extends ByteStream {
    /** Who. */
    @Param({"sluice", "sluice-receiver-sleeps", "sluice-sleeping"})
    public String subject;

    @Override
    String subject() {
        return subject;
    }
}
