package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.Limits;
import io.sluice.compare.kernel.PosixQueue;
import io.sluice.linux.SystemCallException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** POSIX message queues, one each way: blocking, hinted, and asked again and again. */
public final class PosixQueueTransport extends DescriptorTransport {
    private static final List<Variant> VARIANTS =
            List.of(
                    new Variant(
                            "mq.posix",
                            Use.MESSAGES,
                            "POSIX message queues, blocking mq_send and mq_receive"),
                    new Variant(
                            "mq.posix.hint",
                            Use.HINT,
                            "the same queues without sleeping: a flag in shared memory says when to"
                                    + " receive"),
                    new Variant(
                            "mq.posix.nonblock",
                            Use.NONBLOCK,
                            "the same queues, asked again and again (O_NONBLOCK); contended: asking"
                                    + " takes their lock"));

    private static final List<String> WAYS = List.of("-there", "-back");
    private static final String MSG_MAX = "fs/mqueue/msg_max";
    private static final String MSGSIZE_MAX = "fs/mqueue/msgsize_max";
    private static final long MOST_MESSAGES = 1024;
    private static final int EMFILE = 24;

    /** Creates the blocking one. */
    public PosixQueueTransport() {
        this(VARIANTS.get(0));
    }

    private PosixQueueTransport(Variant variant) {
        super(variant);
    }

    @Override
    public List<Transport> variants() {
        return VARIANTS.stream().<Transport>map(PosixQueueTransport::new).toList();
    }

    private static long messages() {
        return Math.min(MOST_MESSAGES, Limits.of(MSG_MAX, 10));
    }

    private static long messageSize() {
        return Limits.of(MSGSIZE_MAX, 8192);
    }

    /** Tries it: queues may be missing from the kernel, forbidden, or used up by others. */
    @Override
    public Optional<String> unavailable() {
        try {
            make("/shm-compare-" + ProcessHandle.current().pid() + "-probe").remove().run();
            return Optional.empty();
        } catch (SystemCallException e) {
            // EMFILE, "too many open files", here means this user's limit of bytes in queues.
            return Optional.of(
                    e.errno() == EMFILE
                            ? "this user's queues would hold more than 'ulimit -q' allows"
                            : e.getMessage());
        } catch (IOException e) {
            return Optional.of(e.getMessage());
        }
    }

    @Override
    Traits plain() {
        return new Traits(
                Traits.Boundaries.MESSAGES,
                whole(),
                new Traits.Capacity(messages(), messages() * messageSize(), "The sender sleeps."),
                new Traits.Cost(2, List.of("mq_timedsend"), List.of("mq_timedreceive"), ""),
                ENDING);
    }

    /** The ending of all uses: a queue never notifies. */
    private static final Traits.Ending ENDING =
            new Traits.Ending(
                    false,
                    "No notification: a receiver sleeps on, a sender when it is full.",
                    "Nothing once both ends are open: the name is taken away then.",
                    "With a name until the machine stops; here until the last descriptor is"
                            + " closed.");

    @Override
    public Traits traits() {
        return super.traits().with(ENDING);
    }

    @Override
    Traits.Limit whole() {
        return new Traits.Limit(messageSize(), "/proc/sys/" + MSGSIZE_MAX);
    }

    @Override
    String again() {
        return "A call for every look that finds nothing, or no room.";
    }

    /** Returns false with hints: a hint word counts the messages of one sender. */
    @Override
    public boolean supportsFanIn() {
        return use() != Use.HINT;
    }

    @Override
    Prepared share(Path directory) throws IOException {
        // The directory's name is unique.
        return make("/" + directory.getFileName() + "-" + ProcessHandle.current().pid());
    }

    private static Prepared make(String name) throws IOException {
        Runnable unlink =
                () -> {
                    try {
                        for (String way : WAYS) {
                            PosixQueue.unlink(name + way);
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                };
        try {
            for (String way : WAYS) {
                KernelCalls.close(PosixQueue.create(name + way, messages(), messageSize()));
            }
        } catch (IOException e) {
            unlink.run();
            throw e;
        }
        return new Prepared(name, unlink, unlink, List.of());
    }

    @Override
    Descriptors connect(Role role, Path directory, String address) throws IOException {
        int mine = role == Role.INITIATOR ? 0 : 1;
        boolean blocking = use() != Use.NONBLOCK;
        return new Descriptors(
                PosixQueue.open(address + WAYS.get(1 - mine), blocking),
                PosixQueue.open(address + WAYS.get(mine), blocking));
    }

    @Override
    long capacity(Descriptors ends) {
        return messages() * messageSize();
    }

    @Override
    long room(long capacity, int size) {
        return messages();
    }

    @Override
    Link single(Descriptors ends, long capacity, int size) {
        // A receiver must have room for the longest message that could come.
        int room = (int) Math.max(size, messageSize());
        return new CopyLink(new Queues(ends, capacity), 0, size, room);
    }

    private record Queues(Descriptors ends, long capacity) implements Carrier {
        @Override
        public void send(MemorySegment buffer, int length) throws IOException {
            PosixQueue.send(ends.out(), buffer, length);
        }

        @Override
        public int receive(MemorySegment buffer, int length) throws IOException {
            return PosixQueue.receive(ends.in(), buffer, length);
        }

        @Override
        public void close() {
            ends.close();
        }
    }
}
