package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.Sockets;
import io.sluice.compare.kernel.Sockets.Address;
import io.sluice.compare.kernel.Sockets.Type;
import io.sluice.linux.SystemCallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** TCP over the loopback interface, without Nagle's algorithm; and with busy polling. */
final class TcpTransport extends DescriptorTransport {
    private static final String PORT = "port";
    private static final int BUSY_POLL_MICROS = 50;

    private int configure(int fd) throws SystemCallException {
        Sockets.setNoDelay(fd);
        if (id().equals("tcp.busypoll")) {
            Sockets.setBusyPoll(fd, BUSY_POLL_MICROS);
        }
        return fd;
    }

    @Override
    public Optional<String> unavailable() {
        return failure(() -> Sockets.probe(this::configure));
    }

    @Override
    Descriptors connect(Role role, Path directory, String address) throws IOException {
        if (role == Role.INITIATOR) {
            int port = Integer.parseInt(Handshake.await(directory, PORT));
            return Descriptors.ofSocket(configure(Sockets.connect(Address.of(port), Type.STREAM)));
        }
        int listener = Sockets.listen(Address.of(0), Type.STREAM);
        try {
            Handshake.publish(directory, PORT, Integer.toString(Sockets.port(listener)));
            return Descriptors.ofSocket(configure(Sockets.accept(listener)));
        } finally {
            KernelCalls.close(listener);
        }
    }
}
