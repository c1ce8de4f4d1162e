package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import java.io.IOException;
import java.nio.file.Path;

/** A pipe with a name in the file system, blocking: inside the kernel the same as a pipe. */
final class FifoTransport extends DescriptorTransport {
    FifoTransport(Mechanism mechanism) {
        super(mechanism);
    }

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
        if (role == Role.INITIATOR) {
            int out = KernelCalls.open(role.out(directory), KernelCalls.WRITE_ONLY);
            int in = KernelCalls.open(role.in(directory), KernelCalls.READ_ONLY);
            return Descriptors.ofPipes(in, out);
        }
        int in = KernelCalls.open(role.in(directory), KernelCalls.READ_ONLY);
        int out = KernelCalls.open(role.out(directory), KernelCalls.WRITE_ONLY);
        return Descriptors.ofPipes(in, out);
    }
}
