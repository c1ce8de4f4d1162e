package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.PosixQueue;
import io.sluice.compare.transport.CopyLink.Calls;
import io.sluice.linux.SystemCallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** POSIX message queues, one each way: blocking, hinted, and asked again and again. */
final class PosixQueueTransport extends DescriptorTransport {
    private static final List<String> WAYS = List.of("-there", "-back");
    private static final int EMFILE = 24;

    PosixQueueTransport(Mechanism mechanism) {
        super(mechanism);
    }

    /** Tries it: queues may be missing from the kernel, forbidden, or used up by others. */
    @Override
    public Optional<String> unavailable() {
        try {
            share(Path.of("shm-compare-probe")).remove().run();
            return Optional.empty();
        } catch (IOException e) {
            // EMFILE, "too many open files", here means this user's limit of bytes in queues.
            return Optional.of(
                    e instanceof SystemCallException call && call.errno() == EMFILE
                            ? "this user's queues would hold more than 'ulimit -q' allows"
                            : e.getMessage());
        }
    }

    /** Makes the queues, named after the directory, whose name is unique. */
    @Override
    Prepared share(Path directory) throws IOException {
        String name = "/" + directory.getFileName() + "-" + ProcessHandle.current().pid();
        Runnable unlink =
                surely(
                        () -> {
                            for (String way : WAYS) {
                                PosixQueue.unlink(name + way);
                            }
                        });
        try {
            for (String way : WAYS) {
                long messages = traits().capacity().messages();
                KernelCalls.close(
                        PosixQueue.create(name + way, messages, traits().longest().bytes()));
            }
        } catch (IOException e) {
            unlink.run();
            throw e;
        }
        return new Prepared(name, unlink, unlink, List.of());
    }

    @Override
    Descriptors connect(Role role, Path directory, String address) throws IOException {
        boolean blocking = use() != Use.NONBLOCK;
        return Descriptors.ofPair(
                PosixQueue.open(address + WAYS.get(role.choose(1, 0)), blocking),
                PosixQueue.open(address + WAYS.get(role.choose(0, 1)), blocking),
                traits().capacity().bytes());
    }

    @Override
    long room(long capacity, int size) {
        return traits().capacity().messages();
    }

    /** Returns calls whose receiver has room for the longest message that could come. */
    @Override
    Calls calls(int size) {
        int slack = (int) Math.max(0, traits().longest().bytes() - size);
        return new Calls(PosixQueue::send, PosixQueue::receive, 0, slack);
    }
}
