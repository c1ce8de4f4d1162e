package io.sluice.compare.transport;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.compare.kernel.Downcall;
import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.transport.CopyLink.TransferCalls;
import io.sluice.linux.Libc;
import io.sluice.linux.SystemCallException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * POSIX message queues, one each way: blocking, hinted, and asked again and again. The C library's
 * functions are counted as the system calls they are.
 */
final class PosixQueueTransport extends DescriptorTransport {
    private static final List<String> WAYS = List.of("-there", "-back");
    private static final int O_RDWR = 2;
    private static final int O_CREAT = 0100;
    private static final int O_EXCL = 0200;

    private static final Downcall OPEN = Downcall.of("mq_open");
    private static final Downcall UNLINK = Downcall.of("mq_unlink");
    private static final Downcall SEND = Downcall.of("mq_send", "mq_timedsend");
    private static final Downcall RECEIVE = Downcall.of("mq_receive", "mq_timedreceive");

    /** Tries it: queues may be missing from the kernel, forbidden, or used up by others. */
    @Override
    public Optional<String> unavailable() {
        // EMFILE, "too many open files", here means this user's limit of bytes in queues.
        return failure(() -> share(Path.of("shm-compare-probe")).remove().run())
                .map(
                        why ->
                                why.contains("EMFILE")
                                        ? "this user's queues would hold more than 'ulimit -q' allows"
                                        : why);
    }

    /** Makes the queues, named after the directory, whose name is unique. */
    @Override
    Prepared share(Path directory) throws IOException {
        String name = "/" + directory.getFileName() + "-" + ProcessHandle.current().pid();
        Runnable unlink = () -> WAYS.forEach(way -> unlink(name + way));
        long messages = traits().capacity().messages();
        // struct mq_attr: flags, how many messages of what size, how many now, and four reserved.
        MemorySegment attributes =
                Arena.ofAuto()
                        .allocateFrom(
                                JAVA_LONG, 0, messages, traits().longest().bytes(), 0, 0, 0, 0, 0);
        try {
            for (String way : WAYS) {
                int flags = O_RDWR | O_CREAT | O_EXCL;
                KernelCalls.close(OPEN.must(name + way, name + way, flags, 0600, attributes));
            }
        } catch (IOException e) {
            unlink.run();
            throw e;
        }
        return new Prepared(name, unlink, unlink, List.of());
    }

    @Override
    Descriptors connect(Role role, Path directory, String address) throws IOException {
        String in = address + WAYS.get(role.choose(1, 0));
        String out = address + WAYS.get(role.choose(0, 1));
        return Descriptors.ofPair(
                OPEN.must(in, in, O_RDWR),
                OPEN.must(out, out, O_RDWR),
                traits().capacity().bytes());
    }

    /**
     * Removes the name of a queue, which exists until it is closed by all; returns if it had one.
     */
    static boolean unlink(String name) {
        boolean removed = UNLINK.attempt(name) == 0;
        if (!removed && Libc.errno() != SystemCallException.ENOENT) {
            throw new UncheckedIOException(UNLINK.failure(name));
        }
        return removed;
    }

    @Override
    long room(long capacity, int size) {
        return traits().capacity().messages();
    }

    /** Returns calls whose receiver has room for the longest message that could come. */
    @Override
    TransferCalls calls(int size) {
        int slack = (int) Math.max(0, traits().longest().bytes() - size);
        return new TransferCalls(
                (out, buffer, length) -> SEND.transfer(out, buffer, length),
                (in, buffer, length) -> RECEIVE.transfer(in, buffer, length),
                0,
                slack);
    }
}
