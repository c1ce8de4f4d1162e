package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import java.io.IOException;
import java.nio.file.Path;

/** A pipe with a name in the file system, blocking: inside the kernel the same as a pipe. */
final class FifoTransport extends DescriptorTransport {
    @Override
    Prepared share(Path directory) throws IOException {
        KernelCalls.mkfifo(Role.INITIATOR.out(directory));
        KernelCalls.mkfifo(Role.RESPONDER.out(directory));
        return Prepared.NOTHING;
    }

    /**
     * Opens the FIFOs; each open waits for the other end's, so both ends open the two in the same
     * order.
     */
    @Override
    Descriptors connect(Role role, Path directory, String address) throws IOException {
        int write = KernelCalls.WRITE_ONLY;
        int read = KernelCalls.READ_ONLY;
        int there = KernelCalls.open(Role.INITIATOR.out(directory), role.choose(write, read));
        int back = KernelCalls.open(Role.RESPONDER.out(directory), role.choose(read, write));
        return Descriptors.ofPipes(role.choose(back, there), role.choose(there, back));
    }
}
