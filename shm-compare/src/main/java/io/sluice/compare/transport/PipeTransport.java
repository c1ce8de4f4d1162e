package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.Limits;
import io.sluice.compare.result.Factors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * {@code pipe(2)}: as it is, in packets, larger, and without sleeping. A pipe counts in pages:
 * small writes share one, except packets.
 */
public final class PipeTransport implements Transport {
    private enum Kind {
        PLAIN("pipe", Factors.BLOCK, "anonymous pipe, blocking write(2) and read(2)"),
        PACKET("pipe.packet", Factors.BLOCK, "a pipe of packets (O_DIRECT), up to a page each"),
        LARGE("pipe.1m", Factors.BLOCK, "a pipe that holds 1 MiB (F_SETPIPE_SZ)"),
        BUFFERED(
                "pipe.buffered",
                Factors.BLOCK,
                "the same pipe behind a buffered writer and reader: a call for each batch, up to 64"
                        + " KiB"),
        HINT(
                "pipe.hint",
                Factors.HINT,
                "the same pipe without sleeping: a flag in shared memory says when to read"),
        NONBLOCK(
                "pipe.nonblock",
                Factors.NONBLOCK,
                "the same pipe, asked again and again (O_NONBLOCK); contended: asking takes its lock");

        private final String id;
        private final String waiting;
        private final String description;

        Kind(String id, String waiting, String description) {
            this.id = id;
            this.waiting = waiting;
            this.description = description;
        }
    }

    static final int PAGE = 4096;
    private static final int CAPACITY = 16 * PAGE;
    private static final int MANY = 1 << 20;
    private static final String MAX_SIZE = "fs/pipe-max-size";

    private final Kind kind;

    /** Creates the plain pipe. */
    public PipeTransport() {
        this(Kind.PLAIN);
    }

    private PipeTransport(Kind kind) {
        this.kind = kind;
    }

    @Override
    public List<Transport> variants() {
        return Arrays.stream(Kind.values()).<Transport>map(PipeTransport::new).toList();
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

    @Override
    public Optional<String> unavailable() {
        long most = Limits.of(MAX_SIZE, MANY);
        return kind == Kind.LARGE && most < MANY
                ? Optional.of("/proc/sys/" + MAX_SIZE + " is " + most + ", less than " + MANY)
                : Optional.empty();
    }

    @Override
    public Traits traits() {
        Traits plain =
                new Traits(
                        Traits.Boundaries.STREAM,
                        Traits.Limit.NONE,
                        new Traits.Capacity(
                                0,
                                kind == Kind.LARGE ? MANY : CAPACITY,
                                "The writer sleeps; the kernel splits a long write."),
                        Traits.Cost.WRITE_AND_READ,
                        Traits.Ending.WITH_THE_DESCRIPTORS);
        return switch (kind) {
            case PLAIN, LARGE, BUFFERED -> plain;
            case PACKET ->
                    new Traits(
                            Traits.Boundaries.MESSAGES,
                            new Traits.Limit(PAGE, "a packet is at most a page"),
                            new Traits.Capacity(
                                    CAPACITY / PAGE, 0, "The writer sleeps: each takes a page."),
                            plain.cost(),
                            plain.ending());
            case HINT ->
                    plain.with(HintedLink.ENDING)
                            .with(new Traits.Limit(CAPACITY, "what the pipe holds"));
            case NONBLOCK ->
                    plain.with(
                            new Traits.Cost(
                                    2,
                                    List.of("write"),
                                    List.of("read"),
                                    "A read for every look that finds nothing, a write for every"
                                            + " one that finds no room."));
        };
    }

    /** Returns true: a write of up to a page is never interleaved with another sender's. */
    @Override
    public boolean supportsFanIn() {
        return kind == Kind.PLAIN || kind == Kind.LARGE || kind == Kind.PACKET;
    }

    @Override
    public boolean supportsBatches() {
        return kind == Kind.BUFFERED;
    }

    @Override
    public Prepared prepare(Path directory) throws IOException {
        if (kind == Kind.HINT) {
            SharedWords.create(directory.resolve(HintedLink.WORDS));
        }
        return AnonymousPipes.prepare(kind == Kind.LARGE ? MANY : 0);
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        Descriptors pipes = AnonymousPipes.open(role, address);
        int capacity = KernelCalls.pipeCapacity(pipes.out());
        if (kind == Kind.PACKET) {
            KernelCalls.setPackets(pipes.out());
            return CopyLink.ofMessages(pipes.messages(capacity), size);
        }
        if (kind == Kind.BUFFERED) {
            return new BatchingLink(pipes.batches(size), size, capacity);
        }
        if (kind == Kind.NONBLOCK) {
            pipes.setNonBlocking();
        }
        Link link = CopyLink.ofStream(pipes.stream(capacity), size);
        return kind == Kind.HINT
                ? new HintedLink(link, directory, role, room(capacity, size))
                : link;
    }

    /**
     * Returns the number of messages that fit: a message that does not fit into the rest of a page
     * starts a new one.
     */
    private static long room(long capacity, int size) {
        long pages = capacity / PAGE;
        return size <= PAGE ? pages * (PAGE / size) : pages / ((size + PAGE - 1) / PAGE);
    }
}
