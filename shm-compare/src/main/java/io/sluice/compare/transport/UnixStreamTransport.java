package io.sluice.compare.transport;

import io.sluice.compare.kernel.UnixSocket;
import io.sluice.compare.result.Factors;
import java.io.IOException;
import java.nio.file.Path;

/** A stream socket of the Unix domain, blocking. */
final class UnixStreamTransport implements Transport {
    private static final String SOCKET = "socket";

    @Override
    public String id() {
        return "uds.stream";
    }

    @Override
    public String waiting() {
        return Factors.BLOCK;
    }

    @Override
    public String description() {
        return "Unix domain stream socket, blocking write(2) and read(2)";
    }

    @Override
    public Prepared prepare(Path directory) {
        return Prepared.NOTHING;
    }

    @Override
    public Link open(Side side, Path directory, String address, int size) throws IOException {
        Path name = directory.resolve(SOCKET);
        int fd = side == Side.RESPONDER ? UnixSocket.accept(name) : UnixSocket.connect(name);
        return new ByteStreamLink(fd, fd, UnixSocket.sendBuffer(), size);
    }
}
