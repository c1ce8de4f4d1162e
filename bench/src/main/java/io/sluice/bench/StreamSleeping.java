package io.sluice.bench;

import org.openjdk.jmh.annotations.Param;

/**
 * Throughput cost of ends that <em>may</em> sleep: neither sleeps while messages flow, but each
 * must be ready to wake the other. Sluice's pipe with ends that spin, with a receiver that waits
 * the default way, and with both ends waiting the default way.
 */
public class StreamSleeping extends ByteStream {
    /** The measured subject. */
    @Param({"sluice", "sluice-receiver-sleeps", "sluice-sleeping"})
    public String subject;

    @Override
    String subject() {
        return subject;
    }
}
