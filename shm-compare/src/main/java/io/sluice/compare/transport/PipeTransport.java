package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * {@code pipe(2)}: as it is, in packets, larger, buffered, and without sleeping. A pipe counts in
 * pages: small writes share one, except packets.
 */
public final class PipeTransport extends DescriptorTransport {
    static final int PAGE = 4096;
    private static final int CAPACITY = 16 * PAGE;
    private static final int MANY = 1 << 20;
    private static final String MAX_SIZE = "fs/pipe-max-size";
    private static final Variant LARGE =
            new Variant("pipe.1m", Use.STREAM, "a pipe that holds 1 MiB (F_SETPIPE_SZ)");
    private static final List<Variant> VARIANTS =
            List.of(
                    new Variant(
                            "pipe", Use.STREAM, "anonymous pipe, blocking write(2) and read(2)"),
                    new Variant(
                            "pipe.packet",
                            Use.MESSAGES,
                            "a pipe of packets (O_DIRECT), up to a page each"),
                    LARGE,
                    new Variant(
                            "pipe.buffered",
                            Use.BUFFERED,
                            "the same pipe behind a buffered writer and reader: a call for each"
                                    + " batch, up to 64 KiB"),
                    new Variant(
                            "pipe.hint",
                            Use.HINT,
                            "the same pipe without sleeping: a flag in shared memory says when to"
                                    + " read"),
                    new Variant(
                            "pipe.nonblock",
                            Use.NONBLOCK,
                            "the same pipe, asked again and again (O_NONBLOCK); contended: asking"
                                    + " takes its lock"));

    /** Creates the plain pipe. */
    public PipeTransport() {
        this(VARIANTS.get(0));
    }

    private PipeTransport(Variant variant) {
        super(variant);
    }

    @Override
    public List<Transport> variants() {
        return VARIANTS.stream().<Transport>map(PipeTransport::new).toList();
    }

    private boolean isLarge() {
        return id().equals(LARGE.id());
    }

    @Override
    public Optional<String> unavailable() {
        long most = Limits.of(MAX_SIZE, MANY);
        return isLarge() && most < MANY
                ? Optional.of("/proc/sys/" + MAX_SIZE + " is " + most + ", less than " + MANY)
                : Optional.empty();
    }

    @Override
    Traits plain() {
        Traits.Capacity capacity =
                use() == Use.MESSAGES
                        ? new Traits.Capacity(
                                CAPACITY / PAGE, 0, "The writer sleeps: each takes a page.")
                        : new Traits.Capacity(
                                0,
                                isLarge() ? MANY : CAPACITY,
                                "The writer sleeps; the kernel splits a long write.");
        return new Traits(
                Traits.Boundaries.STREAM,
                Traits.Limit.NONE,
                capacity,
                Traits.Cost.WRITE_AND_READ,
                Traits.Ending.WITH_THE_DESCRIPTORS);
    }

    @Override
    Traits.Limit whole() {
        return use() == Use.HINT
                ? new Traits.Limit(CAPACITY, "what the pipe holds")
                : new Traits.Limit(PAGE, "a packet is at most a page");
    }

    /** Returns true: a write of up to a page is never interleaved with another sender's. */
    @Override
    public boolean supportsFanIn() {
        return use() == Use.STREAM || use() == Use.MESSAGES;
    }

    @Override
    Prepared share(Path directory) throws IOException {
        return AnonymousPipes.prepare(isLarge() ? MANY : 0);
    }

    @Override
    Descriptors connect(Role role, Path directory, String address) throws IOException {
        Descriptors pipes = AnonymousPipes.open(role, address);
        if (use() == Use.MESSAGES) {
            KernelCalls.setPackets(pipes.out());
        }
        return pipes;
    }

    @Override
    long capacity(Descriptors ends) throws IOException {
        return KernelCalls.pipeCapacity(ends.out());
    }

    /**
     * Returns the number of messages that fit: a message that does not fit into the rest of a page
     * starts a new one.
     */
    @Override
    long room(long capacity, int size) {
        long pages = capacity / PAGE;
        return size <= PAGE ? pages * (PAGE / size) : pages / ((size + PAGE - 1) / PAGE);
    }
}
