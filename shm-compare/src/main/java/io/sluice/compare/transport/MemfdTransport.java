package io.sluice.compare.transport;

import io.sluice.Pipe;
import io.sluice.PipeSender;
import io.sluice.compare.kernel.HugePages;
import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.Sockets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.agrona.concurrent.BusySpinIdleStrategy;

/**
 * Two Sluice pipes without names: memory files ({@code memfd_create(2)}) whose descriptors one end
 * passes to the other over a socket (SCM_RIGHTS).
 */
final class MemfdTransport extends SluiceTransport {
    private boolean huge() {
        return id().equals("sluice.huge");
    }

    @Override
    @SuppressWarnings("try") // The ring is mapped while it has a sender.
    public Optional<String> unavailable() {
        if (!huge()) {
            return Optional.empty();
        }
        try (Pipe probe = Pipe.anonymous(spec());
                PipeSender sender = probe.sender()) {
            HugePages.useForMemoryFiles();
            return HugePages.mapped().shared() > 0
                    ? Optional.empty()
                    : Optional.of("the kernel maps memory files by small pages only");
        } catch (IOException e) {
            return Optional.of(
                    e.getMessage() + ": needs Linux 6.1, with transparent huge pages for memory");
        }
    }

    @Override
    Prepared share(Path directory) {
        return Prepared.NOTHING;
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        if (role == Role.INITIATOR) {
            try (Pipe there = Pipe.anonymous(spec());
                    Pipe back = Pipe.anonymous(spec())) {
                Link link = link(there, back);
                Sockets.pass(directory, false, descriptor(there), descriptor(back));
                return link;
            }
        }
        int[] fds = Sockets.pass(directory, true, new int[2]);
        try (Pipe there = Pipe.open(path(fds[0]));
                Pipe back = Pipe.open(path(fds[1]))) {
            return link(back, there);
        } finally {
            KernelCalls.close(fds);
        }
    }

    private Link link(Pipe out, Pipe in) throws IOException {
        Link link = PipeLink.spinning(out, in, BusySpinIdleStrategy.INSTANCE, 0);
        if (huge()) {
            HugePages.useForMemoryFiles();
        }
        return link;
    }

    private static int descriptor(Pipe pipe) {
        return Integer.parseInt(pipe.path().getFileName().toString());
    }

    private static Path path(int fd) {
        return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + fd);
    }
}
