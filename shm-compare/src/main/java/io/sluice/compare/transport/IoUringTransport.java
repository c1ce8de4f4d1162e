package io.sluice.compare.transport;

import io.sluice.compare.kernel.IoUring;
import io.sluice.compare.kernel.Sockets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A Unix domain stream socket, whose messages are requests in a ring that the kernel reads. */
final class IoUringTransport extends ListedTransport {
    IoUringTransport(Mechanism mechanism) {
        super(mechanism);
    }

    @Override
    public Optional<String> unavailable() {
        return failure(() -> new IoUring().close())
                .map(why -> why + "; see /proc/sys/kernel/io_uring_disabled");
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        Descriptors socket =
                Descriptors.ofSocket(
                        Sockets.between(directory, role == Role.RESPONDER, Sockets.Type.STREAM));
        IoUring ring = new IoUring();
        Runnable release =
                () -> {
                    socket.close();
                    ring.close();
                };
        return new CopyLink(socket, ring::sendFully, ring::receiveFully, release, 0, size, size);
    }
}
