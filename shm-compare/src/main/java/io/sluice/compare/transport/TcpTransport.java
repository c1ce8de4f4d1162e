package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.Sockets;
import io.sluice.compare.kernel.Sockets.Address;
import io.sluice.compare.kernel.Sockets.Type;
import io.sluice.linux.SystemCallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** TCP over the loopback interface, without Nagle's algorithm; and with busy polling. */
public final class TcpTransport extends DescriptorTransport {
    private static final int BUSY_POLL_MICROS = 50;
    private static final Variant BUSY =
            new Variant(
                    "tcp.busypoll",
                    Use.STREAM,
                    "the same with SO_BUSY_POLL of "
                            + BUSY_POLL_MICROS
                            + " us, which the loopback device may not heed");

    /** Creates the one without busy polling. */
    public TcpTransport() {
        this(
                new Variant(
                        "tcp",
                        Use.STREAM,
                        "TCP on 127.0.0.1 with TCP_NODELAY, blocking write(2) and read(2)"));
    }

    private TcpTransport(Variant variant) {
        super(variant);
    }

    @Override
    public List<Transport> variants() {
        return List.of(this, new TcpTransport(BUSY));
    }

    private int configure(int fd) throws SystemCallException {
        Sockets.setNoDelay(fd);
        if (id().equals(BUSY.id())) {
            Sockets.setBusyPoll(fd, BUSY_POLL_MICROS);
        }
        return fd;
    }

    @Override
    public Optional<String> unavailable() {
        try {
            Sockets.probe(true, this::configure);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e.getMessage());
        }
    }

    @Override
    Traits plain() {
        return new Traits(
                Traits.Boundaries.STREAM,
                Traits.Limit.NONE,
                new Traits.Capacity(
                        0, sendBuffer(), "The writer sleeps. The kernel enlarges it as it goes."),
                Traits.Cost.WRITE_AND_READ,
                new Traits.Ending(
                        true,
                        "A reader sees the end, or ECONNRESET if something was not read; a writer"
                                + " gets EPIPE or ECONNRESET.",
                        "Nothing; a port may rest for a minute (TIME_WAIT).",
                        "Until the last descriptor is closed."));
    }

    private static long sendBuffer() {
        try {
            return Sockets.probe(true, Sockets::sendBuffer);
        } catch (IOException e) {
            return 0; // Then it is not available either.
        }
    }

    @Override
    Descriptors connect(Role role, Path directory, String address) throws IOException {
        if (role == Role.INITIATOR) {
            int port = Integer.parseInt(Handshake.await(directory, "port"));
            return new Descriptors(configure(Sockets.connect(Address.of(port), Type.STREAM)));
        }
        int listener = Sockets.listen(Address.of(0), Type.STREAM);
        try {
            Handshake.publish(directory, "port", Integer.toString(Sockets.port(listener)));
            return new Descriptors(configure(Sockets.accept(listener)));
        } finally {
            KernelCalls.close(listener);
        }
    }

    @Override
    long capacity(Descriptors ends) throws IOException {
        return Sockets.sendBuffer(ends.out());
    }
}
