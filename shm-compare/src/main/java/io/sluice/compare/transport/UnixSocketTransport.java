package io.sluice.compare.transport;

import io.sluice.compare.kernel.Sockets;
import io.sluice.compare.kernel.Sockets.Address;
import io.sluice.compare.kernel.Sockets.Type;
import java.io.IOException;
import java.nio.file.Path;

/** Sockets of the Unix domain: streams, messages over a connection, and datagrams. */
class UnixSocketTransport extends DescriptorTransport {
    @Override
    Descriptors connect(Role role, Path directory, String address) throws IOException {
        if (id().equals("uds.dgram")) {
            int socket = Sockets.bind(Address.of(role.in(directory)), Type.DGRAM);
            Sockets.connect(socket, Address.of(role.out(directory)));
            return Descriptors.ofSocket(socket);
        }
        boolean whole = row.use() == Use.MESSAGES || row.use() == Use.VECTORS;
        return Descriptors.ofSocket(
                Sockets.between(
                        directory, role == Role.RESPONDER, whole ? Type.SEQPACKET : Type.STREAM));
    }
}
