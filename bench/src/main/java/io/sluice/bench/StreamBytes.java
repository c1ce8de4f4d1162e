package io.sluice.bench;

import org.openjdk.jmh.annotations.Param;

/**
 * Throughput beside the peers, one call for each message sent: both ends retry in a loop, except
 * those of the kernel's pipe, which block. {@link BulkHandOver} in the same run measures what the
 * hardware allows: compare bytes per second, or at 4096 bytes per message its blocks with messages.
 */
public class StreamBytes extends ByteStream {
    /** The measured subject. */
    @Param({
        "sluice",
        "sluice-batch",
        "sluice-batch-array",
        "sluice-claim",
        "sluice-after-others",
        "sluice-unbounded",
        "agrona-one-to-one",
        "agrona-one-to-one-claim",
        "agrona-many-to-one",
        "agrona-many-to-one-claim",
        "aeron-ipc",
        "aeron-ipc-claim",
        "aeron-ipc-block",
        "aeron-ipc-64k",
        "aeron-ipc-64k-claim",
        "kernel-pipe"
    })
    public String subject;

    @Override
    String subject() {
        return subject;
    }
}
