package io.sluice.compare.transport;

import io.sluice.compare.kernel.IoUring;
import io.sluice.compare.transport.CopyLink.TransferCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A Unix domain stream socket, whose messages are requests in a ring that the kernel reads. */
final class IoUringTransport extends UnixSocketTransport {
    @Override
    public Optional<String> unavailable() {
        return failure(() -> new IoUring().close())
                .map(why -> why + "; see /proc/sys/kernel/io_uring_disabled");
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        Descriptors socket = connect(role, directory, address);
        IoUring ring = new IoUring();
        Runnable release =
                () -> {
                    socket.close();
                    ring.close();
                };
        return new CopyLink(
                new Descriptors(socket.in, socket.out, socket.capacity, release),
                new TransferCalls(ring::sendFully, ring::receiveFully, 0, 0),
                size);
    }
}
