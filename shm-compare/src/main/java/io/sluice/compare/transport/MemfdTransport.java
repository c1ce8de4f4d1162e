package io.sluice.compare.transport;

import io.sluice.Pipe;
import io.sluice.PipeSpec;
import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.Sockets;
import io.sluice.compare.kernel.Sockets.Address;
import io.sluice.compare.kernel.Sockets.Type;
import io.sluice.compare.result.Factors;
import java.io.IOException;
import java.nio.file.Path;
import org.agrona.concurrent.BusySpinIdleStrategy;

/**
 * Two Sluice pipes without names: memory files ({@code memfd_create(2)}) whose descriptors one end
 * passes to the other over a socket (SCM_RIGHTS).
 */
public final class MemfdTransport extends NamedTransport {
    /** Creates it. */
    public MemfdTransport() {
        super(
                "sluice.memfd",
                Factors.SPIN,
                "Sluice pipe in a memory file passed by descriptor (memfd, SCM_RIGHTS), both ends"
                        + " spinning");
    }

    @Override
    public Traits traits() {
        Traits named = new SluiceTransport().traits();
        return named.with(
                new Traits.Ending(
                        true,
                        named.ending().onPeerDeath(),
                        "Nothing: the memory goes with the last process that maps it.",
                        "As long as a process maps it."));
    }

    @Override
    public boolean supportsBatches() {
        return true;
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        Address name = Address.of(directory.resolve("socket"));
        if (role == Role.INITIATOR) {
            PipeSpec spec = PipeSpec.bounded(SluiceTransport.CAPACITY).senders(1);
            Pipe there = Pipe.anonymous(spec);
            Pipe back = Pipe.anonymous(spec);
            Link link = link(there, back);
            int socket = Sockets.connect(name, Type.STREAM);
            Sockets.sendDescriptors(socket, descriptor(there), descriptor(back));
            KernelCalls.close(socket);
            there.close();
            back.close();
            return link;
        }
        int socket = Sockets.acceptOne(name, Type.STREAM);
        int[] fds = Sockets.receiveDescriptors(socket, 2);
        KernelCalls.close(socket);
        try (Pipe there = Pipe.open(path(fds[0]));
                Pipe back = Pipe.open(path(fds[1]))) {
            return link(back, there);
        } finally {
            new Descriptors(fds[0], fds[1]).close();
        }
    }

    private static Link link(Pipe out, Pipe in) throws IOException {
        return new SluiceLink(
                out.sender(BusySpinIdleStrategy.INSTANCE),
                in.receiver(BusySpinIdleStrategy.INSTANCE),
                BusySpinIdleStrategy.INSTANCE,
                0,
                out.capacity());
    }

    private static int descriptor(Pipe pipe) {
        return Integer.parseInt(pipe.path().getFileName().toString());
    }

    private static Path path(int fd) {
        return Path.of("/proc", Long.toString(ProcessHandle.current().pid()), "fd", "" + fd);
    }
}
