package io.sluice.compare.transport;

import io.sluice.compare.kernel.Limits;
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
public final class UdpTransport extends DescriptorTransport {
    private static final String RMEM = "net/core/rmem_default";

    /** Creates it. */
    public UdpTransport() {
        super(
                new Variant(
                        "udp",
                        Use.WINDOW,
                        "UDP on 127.0.0.1, blocking write(2) and read(2); a count in shared memory"
                                + " holds the sender back, as UDP drops what finds no room"));
    }

    @Override
    public Optional<String> unavailable() {
        try {
            Sockets.probe(true, fd -> 0);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static long buffer() {
        return Limits.of(RMEM, 212992);
    }

    @Override
    Traits plain() {
        return new Traits(
                Traits.Boundaries.MESSAGES,
                whole(),
                new Traits.Capacity(
                        0,
                        buffer(),
                        "The kernel drops it; the sender looks again and again whether there is"
                                + " room."),
                Traits.Cost.WRITE_AND_READ,
                new Traits.Ending(
                        false,
                        "A writer gets ECONNREFUSED; a reader is not told and sleeps on.",
                        HintedLink.ENDING.leftovers(),
                        "Until its receiver's descriptor is closed."));
    }

    @Override
    Traits.Limit whole() {
        return new Traits.Limit(65_507, "an IP packet less its headers");
    }

    @Override
    Descriptors connect(Role role, Path directory, String address) throws IOException {
        Role other = role == Role.INITIATOR ? Role.RESPONDER : Role.INITIATOR;
        int socket = Sockets.bind(Address.of(0), Type.DGRAM);
        Handshake.publish(directory, role.name(), Integer.toString(Sockets.port(socket)));
        int port = Integer.parseInt(Handshake.await(directory, other.name()));
        Sockets.connect(socket, Address.of(port));
        return new Descriptors(socket);
    }

    @Override
    long capacity(Descriptors ends) {
        return buffer();
    }

    /** Returns what certainly fits: a message's buffer is up to twice as large, and has a head. */
    @Override
    long room(long capacity, int size) {
        return Math.max(1, capacity / (2L * size + 2048));
    }
}
