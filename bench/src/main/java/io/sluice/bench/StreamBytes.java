package io.sluice.bench;

import org.openjdk.jmh.annotations.Param;

/**
 * The stream beside the peers, a call for each message that is sent: both ends try again and again,
 * except those of the kernel's pipe, which wait. {@link BulkHandOver} in the same run says what the
 * hardware allows: compare bytes a second, or at 4096 bytes a message its blocks with messages.
 */
public class StreamBytes extends ByteStream {
    /** Who. */
    @Param({
        "sluice",
        "sluice-after-others",
        "sluice-unbounded",
        "agrona-one-to-one",
        "agrona-many-to-one",
        "aeron-ipc",
        "kernel-pipe"
    })
    public String subject;

    @Override
    String subject() {
        return subject;
    }
}
