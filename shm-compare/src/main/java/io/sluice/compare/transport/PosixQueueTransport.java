package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.Limits;
import io.sluice.compare.kernel.PosixQueue;
import io.sluice.compare.result.Factors;
import io.sluice.linux.SystemCallException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** POSIX message queues, one each way, as long and as many as this machine allows. */
public final class PosixQueueTransport implements Transport {
    private enum Kind {
        BLOCK("mq.posix", Factors.BLOCK, "POSIX message queues, blocking mq_send and mq_receive"),
        HINT(
                "mq.posix.hint",
                Factors.HINT,
                "the same queues without sleeping: a flag in shared memory says when to receive"),
        NONBLOCK(
                "mq.posix.nonblock",
                Factors.NONBLOCK,
                "the same queues, asked again and again (O_NONBLOCK); contended: asking takes"
                        + " their lock");

        private final String id;
        private final String waiting;
        private final String description;

        Kind(String id, String waiting, String description) {
            this.id = id;
            this.waiting = waiting;
            this.description = description;
        }
    }

    private static final String THERE = "-there";
    private static final String BACK = "-back";
    private static final String MSG_MAX = "fs/mqueue/msg_max";
    private static final String MSGSIZE_MAX = "fs/mqueue/msgsize_max";
    private static final long MOST_MESSAGES = 1024;
    private static final int EMFILE = 24;

    private final Kind kind;

    /** Creates the blocking one. */
    public PosixQueueTransport() {
        this(Kind.BLOCK);
    }

    private PosixQueueTransport(Kind kind) {
        this.kind = kind;
    }

    @Override
    public List<Transport> variants() {
        return Arrays.stream(Kind.values()).<Transport>map(PosixQueueTransport::new).toList();
    }

    @Override
    public String id() {
        return kind.id;
    }

    @Override
    public String waiting() {
        return kind.waiting;
    }

    @Override
    public String description() {
        return kind.description;
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
    public Traits traits() {
        Traits traits =
                new Traits(
                        Traits.Boundaries.MESSAGES,
                        new Traits.Limit(messageSize(), "/proc/sys/" + MSGSIZE_MAX),
                        new Traits.Capacity(
                                messages(), messages() * messageSize(), "The sender sleeps."),
                        new Traits.Cost(2, List.of("mq_timedsend"), List.of("mq_timedreceive"), ""),
                        new Traits.Ending(
                                false,
                                "No notification: a receiver sleeps on, a sender when it is full.",
                                "Nothing once both ends are open: the name is taken away then.",
                                "With a name until the machine stops; here until the last"
                                        + " descriptor is closed."));
        if (kind == Kind.NONBLOCK) {
            return traits.with(
                    new Traits.Cost(
                            2,
                            traits.cost().sending(),
                            traits.cost().receiving(),
                            "A call for every look that finds nothing, or no room."));
        }
        return traits;
    }

    /** Returns false with hints: a hint word counts the messages of one sender. */
    @Override
    public boolean supportsFanIn() {
        return kind != Kind.HINT;
    }

    @Override
    public Prepared prepare(Path directory) throws IOException {
        if (kind == Kind.HINT) {
            SharedWords.create(directory.resolve(HintedLink.WORDS));
        }
        // The directory's name is unique.
        return make("/" + directory.getFileName() + "-" + ProcessHandle.current().pid());
    }

    private static Prepared make(String name) throws IOException {
        Runnable unlink =
                () -> {
                    try {
                        PosixQueue.unlink(name + THERE);
                        PosixQueue.unlink(name + BACK);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                };
        try {
            for (String each : List.of(name + THERE, name + BACK)) {
                KernelCalls.close(PosixQueue.create(each, messages(), messageSize()));
            }
        } catch (IOException e) {
            unlink.run();
            throw e;
        }
        return new Prepared(name, unlink, unlink, List.of());
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        boolean initiator = role == Role.INITIATOR;
        boolean blocking = kind != Kind.NONBLOCK;
        int in = PosixQueue.open(address + (initiator ? BACK : THERE), blocking);
        int out = PosixQueue.open(address + (initiator ? THERE : BACK), blocking);
        // A receiver must have room for the longest message that could come.
        int room = (int) Math.max(size, messageSize());
        Link link = new CopyLink(new Queues(in, out), 0, size, room);
        return kind == Kind.HINT ? new HintedLink(link, directory, role, messages()) : link;
    }

    private record Queues(int in, int out) implements Carrier {
        @Override
        public void send(MemorySegment buffer, int length) throws IOException {
            PosixQueue.send(out, buffer, length);
        }

        @Override
        public int receive(MemorySegment buffer, int length) throws IOException {
            return PosixQueue.receive(in, buffer, length);
        }

        @Override
        public long capacity() {
            return messages() * messageSize();
        }

        @Override
        public void close() {
            new Descriptors(in, out).close();
        }
    }
}
