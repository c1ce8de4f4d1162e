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

    static Transport.Prepared prepare() throws IOException {
        int[] there = KernelCalls.pipe();
        int[] back = KernelCalls.pipe();
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
        // Kept open here, a pipe would not tell one end that the other has died.
        return new Transport.Prepared(
                address,
                () -> {
                    for (int fd : new int[] {there[0], there[1], back[0], back[1]}) {
                        KernelCalls.close(fd);
                    }
                });
    }

    static ByteStreamLink open(Side side, String address, int size) throws IOException {
        String[] part = address.split(":");
        Path fds = Path.of("/proc", part[0], "fd");
        boolean initiator = side == Side.INITIATOR;
        int in = KernelCalls.open(fds.resolve(part[initiator ? 3 : 1]), KernelCalls.READ_ONLY);
        int out = KernelCalls.open(fds.resolve(part[initiator ? 2 : 4]), KernelCalls.WRITE_ONLY);
        return new ByteStreamLink(in, out, KernelCalls.pipeCapacity(out), size);
    }
}
