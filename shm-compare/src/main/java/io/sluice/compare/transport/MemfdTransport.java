package io.sluice.compare.transport;

import io.sluice.Pipe;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import io.sluice.compare.kernel.HugePages;
import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.Sockets;
import io.sluice.compare.kernel.Sockets.Address;
import io.sluice.compare.kernel.Sockets.Type;
import io.sluice.compare.result.Factors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.agrona.concurrent.BusySpinIdleStrategy;

/**
 * Two Sluice pipes without names: memory files ({@code memfd_create(2)}) whose descriptors one end
 * passes to the other over a socket (SCM_RIGHTS).
 */
public final class MemfdTransport extends NamedTransport {
    private static final int LARGE = 1 << 24;
    private static final String WHAT =
            " in a memory file passed by descriptor (memfd, SCM_RIGHTS), both ends spinning";

    private final int ring;
    private final boolean huge;

    /** Creates it with the usual ring. */
    public MemfdTransport() {
        this("sluice.memfd", SluiceTransport.CAPACITY, false, "Sluice pipe" + WHAT);
    }

    private MemfdTransport(String id, int ring, boolean huge, String description) {
        super(id, Factors.SPIN, description);
        this.ring = ring;
        this.huge = huge;
    }

    @Override
    public List<Transport> variants() {
        return List.of(
                this,
                new MemfdTransport(
                        "sluice.16m", LARGE, false, "Sluice pipe with a ring of 16 MiB" + WHAT),
                new MemfdTransport(
                        "sluice.huge",
                        LARGE,
                        true,
                        "the same in huge pages (MADV_COLLAPSE): 14 of its 16 MiB"));
    }

    @Override
    @SuppressWarnings("try") // The ring is mapped while it has a sender.
    public Optional<String> unavailable() {
        if (!huge) {
            return Optional.empty();
        }
        try (Pipe probe = Pipe.anonymous(spec());
                PipeSender sender = probe.sender()) {
            HugePages.useForMemoryFiles();
            return HugePages.usedForMemoryFiles() > 0
                    ? Optional.empty()
                    : Optional.of("the kernel maps memory files by small pages only");
        } catch (IOException e) {
            return Optional.of(
                    e.getMessage() + ": needs Linux 6.1, with transparent huge pages for memory");
        }
    }

    @Override
    public Traits traits() {
        Traits named = new SluiceTransport().traits();
        return new Traits(
                named.boundaries(),
                SluiceTransport.longest(ring),
                SluiceTransport.capacity(ring),
                named.cost(),
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

    private PipeSpec spec() {
        return PipeSpec.bounded(ring).senders(1);
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        Address name = Address.of(directory.resolve("socket"));
        if (role == Role.INITIATOR) {
            Pipe there = Pipe.anonymous(spec());
            Pipe back = Pipe.anonymous(spec());
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

    private Link link(Pipe out, Pipe in) throws IOException {
        Link link =
                new SluiceLink(
                        out.sender(BusySpinIdleStrategy.INSTANCE),
                        in.receiver(BusySpinIdleStrategy.INSTANCE),
                        BusySpinIdleStrategy.INSTANCE,
                        0,
                        out.capacity());
        if (huge) {
            HugePages.useForMemoryFiles();
        }
        return link;
    }

    private static int descriptor(Pipe pipe) {
        return Integer.parseInt(pipe.path().getFileName().toString());
    }

    private static Path path(int fd) {
        return Path.of("/proc", Long.toString(ProcessHandle.current().pid()), "fd", "" + fd);
    }
}
