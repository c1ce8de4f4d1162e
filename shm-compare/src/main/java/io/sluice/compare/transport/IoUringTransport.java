package io.sluice.compare.transport;

import io.sluice.compare.kernel.IoUring;
import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.Sockets;
import io.sluice.compare.kernel.Sockets.Address;
import io.sluice.compare.kernel.Sockets.Type;
import io.sluice.compare.result.Factors;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A Unix domain stream socket, whose messages are requests in a ring that the kernel reads. */
public final class IoUringTransport extends NamedTransport {
    /** Creates it. */
    public IoUringTransport() {
        super(
                "uds.uring",
                Factors.BLOCK,
                "the stream socket through io_uring(7): a call submits a message and waits for its"
                        + " end");
    }

    @Override
    public Optional<String> unavailable() {
        try {
            new IoUring().close();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e.getMessage() + "; see /proc/sys/kernel/io_uring_disabled");
        }
    }

    @Override
    public Traits traits() {
        List<String> enter = List.of("io_uring_enter");
        return new UnixSocketTransport().traits().with(new Traits.Cost(2, enter, enter, ""));
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        Address name = Address.of(directory.resolve("socket"));
        int socket =
                role == Role.INITIATOR
                        ? Sockets.connect(name, Type.STREAM)
                        : Sockets.acceptOne(name, Type.STREAM);
        return CopyLink.ofStream(
                new Requests(new IoUring(), socket, Sockets.sendBuffer(socket)), size);
    }

    private record Requests(IoUring ring, int socket, long capacity) implements Carrier {
        @Override
        public void send(MemorySegment buffer, int length) throws IOException {
            ring.sendFully(socket, buffer, length);
        }

        @Override
        public int receive(MemorySegment buffer, int length) throws IOException {
            ring.receiveFully(socket, buffer, length);
            return length;
        }

        @Override
        public void close() {
            KernelCalls.close(socket);
            ring.close();
        }
    }
}
