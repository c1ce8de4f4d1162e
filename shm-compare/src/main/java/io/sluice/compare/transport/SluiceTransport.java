package io.sluice.compare.transport;

import io.sluice.EndOptions;
import io.sluice.Ends;
import io.sluice.Pipe;
import io.sluice.PipeSpec;
import io.sluice.compare.result.Factors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/**
 * Two Sluice pipes, one in each direction. Written in place and read in place; a separate row
 * copies in.
 */
public final class SluiceTransport extends NamedTransport {
    /** The default capacity of a kernel pipe. */
    public static final int CAPACITY = 1 << 16;

    /**
     * The longest message by the ring's bytes, from an anonymous pipe; cached, because creating one
     * takes files.
     */
    private static final Map<Integer, Long> LONGEST = new ConcurrentHashMap<>();

    private static final int QUOTA = 16 * CAPACITY;
    private static final int RENDEZVOUS = CAPACITY / 2;

    private static final String THERE = "there";
    private static final String BACK = "back";

    private enum Kind {
        BOUNDED(
                "sluice",
                CAPACITY,
                "Sluice pipe in shared memory, written and read in place",
                ring -> PipeSpec.bounded(ring).senders(1)),
        LARGE(
                "sluice.1m",
                1 << 20, // The largest capacity of a kernel pipe, unless root raises the limit.
                "Sluice pipe with a ring of 1 MiB, for long messages",
                BOUNDED.spec),
        LARGER(
                "sluice.4m",
                1 << 22,
                "Sluice pipe with a ring of 4 MiB, for messages of 1 MiB",
                BOUNDED.spec),
        OFFER(
                "sluice.offer",
                CAPACITY,
                "the same, copied in from a buffer of the sender's",
                BOUNDED.spec),
        UNBOUNDED(
                "sluice.unbounded",
                CAPACITY,
                "Sluice pipe that grows up to 1 MiB",
                ring -> PipeSpec.unbounded(QUOTA, ring).senders(1)),
        MANY(
                "sluice.many",
                CAPACITY,
                "Sluice pipe that many may send to, each on a lane of its own",
                ring -> PipeSpec.bounded(ring).senders(Ends.MANY)),
        RENDEZVOUS(
                "sluice.rendezvous",
                SluiceTransport.RENDEZVOUS,
                "Sluice pipe that holds nothing: sending waits for receiving",
                longest -> PipeSpec.rendezvous(longest).senders(1));

        private final String id;
        private final int ring;
        private final String what;
        private final IntFunction<PipeSpec> spec;

        Kind(String id, int ring, String what, IntFunction<PipeSpec> spec) {
            this.id = id;
            this.ring = ring;
            this.what = what;
            this.spec = spec;
        }

        private PipeSpec spec() {
            return spec.apply(ring);
        }
    }

    private final Kind kind;

    /** Creates the transport over the bounded pipe that spins. */
    public SluiceTransport() {
        this(Kind.BOUNDED, Factors.SPIN);
    }

    private SluiceTransport(Kind kind, String waiting) {
        super(kind.id, waiting, description(kind, waiting));
        this.kind = kind;
    }

    private static String description(Kind kind, String waiting) {
        return switch (waiting) {
            case Factors.FUTEX -> kind.what + ", ends that sleep at once where there is nothing";
            case Factors.HYBRID -> kind.what + ", ends that look for a moment and then sleep";
            case Factors.YIELD -> kind.what + ", ends that look again and again and yield";
            default -> kind.what + ", both ends spinning";
        };
    }

    @Override
    public List<Transport> variants() {
        return List.of(
                this,
                new SluiceTransport(Kind.BOUNDED, Factors.FUTEX),
                new SluiceTransport(Kind.BOUNDED, Factors.HYBRID),
                new SluiceTransport(Kind.BOUNDED, Factors.YIELD),
                new SluiceTransport(Kind.LARGE, Factors.SPIN),
                new SluiceTransport(Kind.LARGE, Factors.FUTEX),
                new SluiceTransport(Kind.LARGER, Factors.SPIN),
                new SluiceTransport(Kind.LARGER, Factors.FUTEX),
                new SluiceTransport(Kind.OFFER, Factors.SPIN),
                new SluiceTransport(Kind.UNBOUNDED, Factors.SPIN),
                new SluiceTransport(Kind.MANY, Factors.SPIN),
                new SluiceTransport(Kind.RENDEZVOUS, Factors.SPIN),
                new SluiceTransport(Kind.RENDEZVOUS, Factors.FUTEX));
    }

    @Override
    public Traits traits() {
        boolean sleeping = sleeps();
        return new Traits(
                Traits.Boundaries.MESSAGES,
                switch (kind) {
                    case RENDEZVOUS -> new Traits.Limit(RENDEZVOUS, "what the pipe was made for");
                    default -> longest(kind.ring);
                },
                switch (kind) {
                    case BOUNDED, LARGE, LARGER, OFFER, MANY -> capacity(kind.ring);
                    case UNBOUNDED ->
                            new Traits.Capacity(
                                    0, QUOTA, "The pipe grows by a ring; at its quota it waits.");
                    case RENDEZVOUS ->
                            new Traits.Capacity(1, 0, "The sender waits until it was received.");
                },
                new Traits.Cost(
                        kind == Kind.OFFER ? 1 : 0,
                        List.of(),
                        List.of(),
                        sleeping
                                ? "A futex call to wake an end that sleeps, and one or two to sleep."
                                : "Once in a millisecond without a message, fcntl: is the other"
                                        + " end alive?"),
                new Traits.Ending(
                        true,
                        "A receiver drains it and sees the end; a sender gets"
                                + " BrokenChannelException.",
                        "The pipe's files, in the run's directory, which the coordinator removes.",
                        "As long as the pipe's files, but not beyond the machine's end."));
    }

    private boolean sleeps() {
        return waiting().equals(Factors.FUTEX) || waiting().equals(Factors.HYBRID);
    }

    static Traits.Limit longest(int ring) {
        return new Traits.Limit(
                LONGEST.computeIfAbsent(ring, SluiceTransport::asked),
                "a ring of " + ring + " bytes, less a header");
    }

    static Traits.Capacity capacity(int ring) {
        return new Traits.Capacity(0, ring, "The sender waits as it waits.");
    }

    private static long asked(int ring) {
        try {
            return Pipe.anonymous(PipeSpec.bounded(ring).senders(1)).maxMessageLength();
        } catch (IOException e) {
            return ring; // Creating the real one will report the error.
        }
    }

    @Override
    public boolean supportsFanIn() {
        return kind == Kind.MANY;
    }

    @Override
    public boolean supportsBatches() {
        return true;
    }

    @Override
    public Prepared prepare(Path directory) throws IOException {
        Pipe.create(directory.resolve(THERE), kind.spec());
        Pipe.create(
                directory.resolve(BACK),
                kind == Kind.MANY
                        ? PipeSpec.bounded(CAPACITY).senders(1).receivers(Ends.MANY)
                        : kind.spec());
        return Prepared.NOTHING;
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        Pipe there = Pipe.open(directory.resolve(THERE));
        Pipe back = Pipe.open(directory.resolve(BACK));
        boolean initiator = role == Role.INITIATOR;
        Pipe out = initiator ? there : back;
        Pipe in = initiator ? back : there;
        if (sleeps()) {
            EndOptions options = EndOptions.defaults();
            if (waiting().equals(Factors.FUTEX)) {
                options = options.withSpins(0); // No spinning, because this row measures sleeping.
            }
            return new SleepingSluiceLink(
                    out.sender(options), in.receiver(options), out.capacity());
        }
        IdleStrategy idle =
                waiting().equals(Factors.YIELD)
                        ? YieldingIdleStrategy.INSTANCE
                        : BusySpinIdleStrategy.INSTANCE;
        int copied = kind == Kind.OFFER ? size : 0;
        return new SluiceLink(out.sender(idle), in.receiver(idle), idle, copied, out.capacity());
    }
}
