package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.TcpSocket;
import io.sluice.compare.result.Factors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** TCP over the loopback interface, without Nagle's algorithm; and with busy polling. */
public final class TcpTransport implements Transport {
    private static final String PORT = "port";
    private static final int BUSY_POLL_MICROS = 50;

    private final boolean busy;

    /** Creates the one without busy polling. */
    public TcpTransport() {
        this(false);
    }

    private TcpTransport(boolean busy) {
        this.busy = busy;
    }

    @Override
    public List<Transport> variants() {
        return List.of(this, new TcpTransport(true));
    }

    @Override
    public String id() {
        return busy ? "tcp.busypoll" : "tcp";
    }

    @Override
    public String waiting() {
        return Factors.BLOCK;
    }

    @Override
    public String description() {
        return busy
                ? "the same with SO_BUSY_POLL of "
                        + BUSY_POLL_MICROS
                        + " us, which the loopback device may not heed"
                : "TCP on 127.0.0.1 with TCP_NODELAY, blocking write(2) and read(2)";
    }

    @Override
    public Optional<String> unavailable() {
        try {
            int fd = TcpSocket.socket();
            try {
                if (busy) {
                    TcpSocket.setBusyPoll(fd, BUSY_POLL_MICROS);
                }
                return Optional.empty();
            } finally {
                KernelCalls.close(fd);
            }
        } catch (IOException e) {
            return Optional.of(e.getMessage());
        }
    }

    @Override
    public Traits traits() {
        return new Traits(
                Traits.Boundaries.STREAM,
                Traits.Limit.NONE,
                new Traits.Capacity(
                        0, capacity(), "The writer sleeps. The kernel enlarges it as it goes."),
                Traits.Cost.WRITE_AND_READ,
                new Traits.Ending(
                        true,
                        "A reader sees the end, or ECONNRESET if something was not read; a writer"
                                + " gets EPIPE or ECONNRESET.",
                        "Nothing; a port may rest for a minute (TIME_WAIT).",
                        "Until the last descriptor is closed."));
    }

    private static long capacity() {
        try {
            int fd = TcpSocket.socket();
            try {
                return TcpSocket.sendBuffer(fd);
            } finally {
                KernelCalls.close(fd);
            }
        } catch (IOException e) {
            return 0; // Then it is not available either.
        }
    }

    @Override
    public Prepared prepare(Path directory) {
        return Prepared.NOTHING;
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        int fd = role == Role.RESPONDER ? accept(directory) : connect(directory);
        if (busy) {
            TcpSocket.setBusyPoll(fd, BUSY_POLL_MICROS);
        }
        Carrier carrier = new Descriptors(fd).stream(TcpSocket.sendBuffer(fd));
        return CopyLink.ofStream(carrier, size);
    }

    private static int accept(Path directory) throws IOException {
        int listener = TcpSocket.listen();
        try {
            Handshake.publish(directory, PORT, Integer.toString(TcpSocket.port(listener)));
            return TcpSocket.accept(listener);
        } finally {
            KernelCalls.close(listener);
        }
    }

    private static int connect(Path directory) throws IOException {
        return TcpSocket.connect(Integer.parseInt(Handshake.await(directory, PORT)));
    }
}
