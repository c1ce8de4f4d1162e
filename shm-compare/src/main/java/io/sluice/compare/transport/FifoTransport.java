package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import java.io.IOException;
import java.nio.file.Path;

/** A pipe with a name in the file system, blocking: inside the kernel the same as a pipe. */
public final class FifoTransport extends DescriptorTransport {
    static final String THERE = "there";
    static final String BACK = "back";

    /** Creates it. */
    public FifoTransport() {
        super(new Variant("fifo", Use.STREAM, "named pipe (FIFO), blocking write(2) and read(2)"));
    }

    @Override
    Traits plain() {
        return new PipeTransport().traits().with(Traits.Ending.WITH_A_NAME);
    }

    @Override
    public boolean supportsFanIn() {
        return true;
    }

    @Override
    Prepared share(Path directory) throws IOException {
        KernelCalls.mkfifo(directory.resolve(THERE));
        KernelCalls.mkfifo(directory.resolve(BACK));
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
        boolean initiator = role == Role.INITIATOR;
        int there = KernelCalls.open(directory.resolve(THERE), initiator ? write : read);
        int back = KernelCalls.open(directory.resolve(BACK), initiator ? read : write);
        return initiator ? new Descriptors(back, there) : new Descriptors(there, back);
    }

    @Override
    long capacity(Descriptors ends) throws IOException {
        return KernelCalls.pipeCapacity(ends.out());
    }
}
