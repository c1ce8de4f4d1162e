package io.sluice.compare.transport;

import io.sluice.compare.result.Factors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A mechanism of the kernel whose ends hold descriptors. A subclass says how they get them, and has
 * a table of variants; how a descriptor is used is written here, once for all.
 */
abstract class DescriptorTransport extends NamedTransport {
    /** How the ends use their descriptors. */
    enum Use {
        /** A message a call, of a stream of bytes. */
        STREAM(Factors.BLOCK),
        /** A message a call, which arrives whole. */
        MESSAGES(Factors.BLOCK),
        /** Several messages a call, of a stream of bytes. */
        BUFFERED(Factors.BLOCK),
        /** Several messages a call, each of which arrives whole. */
        VECTORS(Factors.BLOCK),
        /** A message a call, which arrives whole; a count in shared memory limits how many wait. */
        WINDOW(Factors.BLOCK),
        /** No call blocks: a flag in shared memory says when to receive. */
        HINT(Factors.HINT),
        /** No call blocks: ends call again and again. */
        NONBLOCK(Factors.NONBLOCK);

        private final String waiting;

        Use(String waiting) {
            this.waiting = waiting;
        }
    }

    /** A row of the table. */
    record Variant(String id, Use use, String description) {}

    private final Use use;

    DescriptorTransport(Variant variant) {
        super(variant.id, variant.use.waiting, variant.description);
        this.use = variant.use;
    }

    /** Returns the traits of the plain use. */
    abstract Traits plain();

    /** Returns the longest message that arrives whole, or without its sender having to wait. */
    Traits.Limit whole() {
        return Traits.Limit.NONE;
    }

    /** Returns how many messages certainly fit, where the ends must not block. */
    long room(long capacity, int size) {
        return capacity / size;
    }

    /** Makes what the ends need to find each other. */
    Prepared share(Path directory) throws IOException {
        return Prepared.NOTHING;
    }

    abstract Descriptors connect(Role role, Path directory, String address) throws IOException;

    abstract long capacity(Descriptors ends) throws IOException;

    /** Returns the link of a message a call. */
    Link single(Descriptors ends, long capacity, int size) {
        return use() == Use.MESSAGES || use() == Use.WINDOW
                ? CopyLink.ofMessages(ends.messages(capacity), size)
                : CopyLink.ofStream(ends.stream(capacity), size);
    }

    final Use use() {
        return use;
    }

    @Override
    public Traits traits() {
        Traits plain = plain();
        return switch (use()) {
            case STREAM, BUFFERED, WINDOW -> plain;
            case MESSAGES -> plain.with(Traits.Boundaries.MESSAGES).with(whole());
            case VECTORS ->
                    plain.with(Traits.Boundaries.MESSAGES)
                            .with(whole())
                            .with(new Traits.Cost(2, List.of("sendmmsg"), List.of("recvmmsg"), ""));
            case HINT -> plain.with(HintedLink.ENDING).with(whole());
            case NONBLOCK -> plain.with(plain.cost().withOther(again()));
        };
    }

    /** Returns what calls there are beside those of messages, where no call blocks. */
    String again() {
        return "A read for every look that finds nothing, a write for every one that finds no"
                + " room.";
    }

    @Override
    public boolean supportsBatches() {
        return use() == Use.BUFFERED || use() == Use.VECTORS;
    }

    @Override
    public Prepared prepare(Path directory) throws IOException {
        if (use() == Use.HINT || use() == Use.WINDOW) {
            SharedWords.create(directory.resolve(HintedLink.WORDS));
        }
        return share(directory);
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        Descriptors ends = connect(role, directory, address);
        long capacity = capacity(ends);
        return switch (use()) {
            case STREAM, MESSAGES -> single(ends, capacity, size);
            case BUFFERED -> new BatchingLink(ends.batches(size), size, capacity);
            case VECTORS -> new BatchingLink(ends.vectors(size), size, capacity);
            case HINT, WINDOW ->
                    new HintedLink(
                            single(ends, capacity, size),
                            directory,
                            role,
                            room(capacity, size),
                            use() == Use.HINT);
            case NONBLOCK -> {
                ends.setNonBlocking();
                yield single(ends, capacity, size);
            }
        };
    }
}
