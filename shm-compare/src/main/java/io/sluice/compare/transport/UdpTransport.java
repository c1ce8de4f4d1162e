package io.sluice.compare.transport;

import io.sluice.compare.kernel.Sockets;
import io.sluice.compare.kernel.Sockets.Address;
import io.sluice.compare.kernel.Sockets.Type;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * UDP over the loopback interface. UDP drops a message that finds no room, so a count in shared
 * memory keeps the sender from overrunning the receiver.
 */
final class UdpTransport extends DescriptorTransport {
    @Override
    public Optional<String> unavailable() {
        return failure(() -> Sockets.probe(fd -> 0));
    }

    /**
     * Leaves a quarter: the kernel frees what was received when it is a quarter of the buffer, or
     * when none waits ({@code udp_rmem_release}).
     */
    @Override
    long room(long capacity, int size) {
        return super.room(capacity - capacity / 4, size);
    }

    @Override
    Descriptors connect(Role role, Path directory, String address) throws IOException {
        int socket = Sockets.bind(Address.of(0), Type.DGRAM);
        Handshake.publish(directory, role.name(), Integer.toString(Sockets.port(socket)));
        int port = Integer.parseInt(Handshake.await(directory, role.other().name()));
        Sockets.connect(socket, Address.of(port));
        return Descriptors.ofSocket(socket, traits().capacity().bytes());
    }
}
