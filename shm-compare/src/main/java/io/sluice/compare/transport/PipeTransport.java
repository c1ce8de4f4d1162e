package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * {@code pipe(2)}, one each way: as it is, in packets, larger, buffered, and without sleeping. The
 * coordinator makes the two, and the ends open them through its {@code /proc} directory. A pipe
 * counts in pages: small writes share one, except packets.
 */
class PipeTransport extends DescriptorTransport {
    static final int PAGE = 4096;

    private static final String MAX_SIZE = "fs/pipe-max-size";

    @Override
    public Optional<String> unavailable() {
        int bytes = row.bytes();
        long most = Limits.of(MAX_SIZE, bytes);
        return bytes > most
                ? Optional.of("/proc/sys/" + MAX_SIZE + " is " + most + ", less than " + bytes)
                : Optional.empty();
    }

    @Override
    Prepared share(Path directory) throws IOException {
        int[] there = KernelCalls.pipe();
        int[] back = KernelCalls.pipe();
        // Kept open here, a pipe would not notify one end of the other's exit.
        Runnable close = () -> KernelCalls.close(there[0], there[1], back[0], back[1]);
        try {
            if (row.bytes() > 0) {
                KernelCalls.setPipeCapacity(there[1], row.bytes());
                KernelCalls.setPipeCapacity(back[1], row.bytes());
            }
        } catch (IOException e) {
            close.run();
            throw e;
        }
        long pid = ProcessHandle.current().pid();
        return new Prepared(
                "%d:%d:%d:%d:%d".formatted(pid, there[0], there[1], back[0], back[1]), close);
    }

    @Override
    Descriptors connect(Role role, Path directory, String address) throws IOException {
        String[] part = address.split(":");
        Path fds = Path.of("/proc", part[0], "fd");
        int in = KernelCalls.open(fds.resolve(part[role.choose(3, 1)]), KernelCalls.READ_ONLY);
        int out = KernelCalls.open(fds.resolve(part[role.choose(2, 4)]), KernelCalls.WRITE_ONLY);
        if (row.use() == Use.MESSAGES) {
            KernelCalls.addFlag(out, KernelCalls.PACKETS);
        }
        return Descriptors.ofPipes(in, out);
    }

    /**
     * Returns the number of messages that fit: a message that does not fit into the rest of a page
     * starts a new one.
     */
    @Override
    long room(long capacity, int size) {
        long pages = capacity / PAGE;
        return size <= PAGE ? pages * (PAGE / size) : pages / ((size + PAGE - 1) / PAGE);
    }
}
