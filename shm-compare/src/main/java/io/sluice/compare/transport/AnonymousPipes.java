package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Two anonymous pipes, one each way, made by the coordinator and opened by the two ends through its
 * {@code /proc} directory.
 */
final class AnonymousPipes {
    private AnonymousPipes() {}

    /** Makes them; a capacity of 0 leaves the kernel's default. */
    static Transport.Prepared prepare(int capacity) throws IOException {
        int[] there = KernelCalls.pipe();
        int[] back = KernelCalls.pipe();
        Runnable close =
                () -> {
                    for (int fd : new int[] {there[0], there[1], back[0], back[1]}) {
                        KernelCalls.close(fd);
                    }
                };
        try {
            if (capacity > 0) {
                KernelCalls.setPipeCapacity(there[1], capacity);
                KernelCalls.setPipeCapacity(back[1], capacity);
            }
        } catch (IOException e) {
            close.run();
            throw e;
        }
        String address =
                ProcessHandle.current().pid()
                        + ":"
                        + there[0]
                        + ":"
                        + there[1]
                        + ":"
                        + back[0]
                        + ":"
                        + back[1];
        // Kept open here, a pipe would not notify one end of the other's exit.
        return new Transport.Prepared(address, close);
    }

    static Descriptors open(Role role, String address) throws IOException {
        String[] part = address.split(":");
        Path fds = Path.of("/proc", part[0], "fd");
        boolean initiator = role == Role.INITIATOR;
        int in = KernelCalls.open(fds.resolve(part[initiator ? 3 : 1]), KernelCalls.READ_ONLY);
        int out = KernelCalls.open(fds.resolve(part[initiator ? 2 : 4]), KernelCalls.WRITE_ONLY);
        return new Descriptors(in, out);
    }
}
