package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.result.Factors;
import java.io.IOException;
import java.nio.file.Path;

/** A pipe with a name in the file system, blocking: inside the kernel the same as a pipe. */
public final class FifoTransport implements Transport {
    static final String THERE = "there";
    static final String BACK = "back";

    /** Creates it. */
    public FifoTransport() {}

    @Override
    public String id() {
        return "fifo";
    }

    @Override
    public String waiting() {
        return Factors.BLOCK;
    }

    @Override
    public String description() {
        return "named pipe (FIFO), blocking write(2) and read(2)";
    }

    @Override
    public Traits traits() {
        return new PipeTransport()
                .traits()
                .with(
                        new Traits.Ending(
                                true,
                                Traits.Ending.WITH_THE_DESCRIPTORS.onPeerDeath(),
                                "Its name, in the run's directory, which the coordinator removes.",
                                "Until the last descriptor is closed."));
    }

    @Override
    public boolean supportsFanIn() {
        return true;
    }

    @Override
    public Prepared prepare(Path directory) throws IOException {
        KernelCalls.mkfifo(directory.resolve(THERE));
        KernelCalls.mkfifo(directory.resolve(BACK));
        return Prepared.NOTHING;
    }

    /**
     * Opens the FIFOs; each open waits for the other end's, so both ends open the two in the same
     * order.
     */
    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        int in;
        int out;
        if (role == Role.INITIATOR) {
            out = KernelCalls.open(directory.resolve(THERE), KernelCalls.WRITE_ONLY);
            in = KernelCalls.open(directory.resolve(BACK), KernelCalls.READ_ONLY);
        } else {
            in = KernelCalls.open(directory.resolve(THERE), KernelCalls.READ_ONLY);
            out = KernelCalls.open(directory.resolve(BACK), KernelCalls.WRITE_ONLY);
        }
        Carrier carrier = new Descriptors(in, out).stream(KernelCalls.pipeCapacity(out));
        return CopyLink.ofStream(carrier, size);
    }
}
