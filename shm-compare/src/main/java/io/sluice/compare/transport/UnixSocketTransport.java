package io.sluice.compare.transport;

import io.sluice.compare.kernel.Limits;
import io.sluice.compare.kernel.UnixSocket;
import io.sluice.compare.kernel.UnixSocket.Type;
import io.sluice.compare.result.Factors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Sockets of the Unix domain: streams, messages over a connection, and datagrams. */
public final class UnixSocketTransport implements Transport {
    private enum Kind {
        STREAM(
                "uds.stream",
                Factors.BLOCK,
                Type.STREAM,
                "Unix domain stream socket, blocking write(2) and read(2)"),
        SEQPACKET(
                "uds.seqpacket",
                Factors.BLOCK,
                Type.SEQPACKET,
                "Unix domain socket of messages over a connection (SOCK_SEQPACKET)"),
        DGRAM(
                "uds.dgram",
                Factors.BLOCK,
                Type.DGRAM,
                "Unix domain datagram sockets, each connected to the other's name"),
        BUFFERED(
                "uds.buffered",
                Factors.BLOCK,
                Type.STREAM,
                "the stream socket behind a buffered writer and reader: a call for each batch, up"
                        + " to 64 KiB"),
        MMSG(
                "mmsg",
                Factors.BLOCK,
                Type.SEQPACKET,
                "the socket of messages, a call for each batch (sendmmsg and recvmmsg), up to 64"
                        + " KiB"),
        HINT(
                "uds.stream.hint",
                Factors.HINT,
                Type.STREAM,
                "the stream socket without sleeping: a flag in shared memory says when to read"),
        NONBLOCK(
                "uds.stream.nonblock",
                Factors.NONBLOCK,
                Type.STREAM,
                "the stream socket, asked again and again (O_NONBLOCK); contended: asking takes"
                        + " its lock");

        private final String id;
        private final String waiting;
        private final Type type;
        private final String description;

        Kind(String id, String waiting, Type type, String description) {
            this.id = id;
            this.waiting = waiting;
            this.type = type;
            this.description = description;
        }
    }

    private static final String SOCKET = "socket";
    private static final String THERE = "there";
    private static final String BACK = "back";
    private static final String WMEM = "net/core/wmem_default";

    /** The least that the kernel reserves of a send buffer. */
    private static final int RESERVED = 32;

    private final Kind kind;

    /** Creates the transport over a stream. */
    public UnixSocketTransport() {
        this(Kind.STREAM);
    }

    private UnixSocketTransport(Kind kind) {
        this.kind = kind;
    }

    @Override
    public List<Transport> variants() {
        return Arrays.stream(Kind.values()).<Transport>map(UnixSocketTransport::new).toList();
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
    public Traits traits() {
        long buffer = Limits.of(WMEM, 212992);
        Traits stream =
                new Traits(
                        Traits.Boundaries.STREAM,
                        Traits.Limit.NONE,
                        new Traits.Capacity(
                                0,
                                buffer,
                                "The writer sleeps. The kernel counts its own bookkeeping, 0.7 KiB"
                                        + " and more a message."),
                        Traits.Cost.WRITE_AND_READ,
                        new Traits.Ending(
                                true,
                                Traits.Ending.WITH_THE_DESCRIPTORS.onPeerDeath(),
                                "Its name, in the run's directory, which the coordinator removes.",
                                "Until the last descriptor is closed."));
        Traits messages =
                new Traits(
                        Traits.Boundaries.MESSAGES,
                        new Traits.Limit(
                                buffer - RESERVED, "/proc/sys/" + WMEM + " less " + RESERVED),
                        stream.capacity(),
                        stream.cost(),
                        stream.ending());
        return switch (kind) {
            case STREAM, BUFFERED -> stream;
            case SEQPACKET -> messages;
            case MMSG ->
                    messages.with(new Traits.Cost(2, List.of("sendmmsg"), List.of("recvmmsg"), ""));
            case DGRAM ->
                    messages.with(
                            new Traits.Ending(
                                    false,
                                    "A writer gets ECONNREFUSED; a reader is not told and sleeps"
                                            + " on.",
                                    stream.ending().leftovers(),
                                    "Until its receiver's descriptor is closed. The queue of"
                                            + " net.unix.max_dgram_qlen ("
                                            + Limits.of("net/unix/max_dgram_qlen", 10)
                                            + ") does not apply to two that are connected to each"
                                            + " other."));
            case HINT ->
                    stream.with(HintedLink.ENDING)
                            .with(
                                    new Traits.Limit(
                                            (buffer - 2048) / 2,
                                            "what certainly fits into the send buffer"));
            case NONBLOCK ->
                    stream.with(
                            new Traits.Cost(
                                    2,
                                    List.of("write"),
                                    List.of("read"),
                                    "A read for every look that finds nothing, a write for every"
                                            + " one that finds no room."));
        };
    }

    @Override
    public boolean supportsBatches() {
        return kind == Kind.BUFFERED || kind == Kind.MMSG;
    }

    @Override
    public Prepared prepare(Path directory) throws IOException {
        if (kind == Kind.HINT) {
            SharedWords.create(directory.resolve(HintedLink.WORDS));
        }
        return Prepared.NOTHING;
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        Descriptors socket = new Descriptors(descriptor(role, directory));
        int capacity = UnixSocket.sendBuffer();
        if (supportsBatches()) {
            return new BatchingLink(
                    kind == Kind.MMSG ? socket.vectors(size) : socket.batches(size),
                    size,
                    capacity);
        }
        if (kind.type != Type.STREAM) {
            return CopyLink.ofMessages(socket.messages(capacity), size);
        }
        if (kind == Kind.NONBLOCK) {
            socket.setNonBlocking();
        }
        Link link = CopyLink.ofStream(socket.stream(capacity), size);
        return kind == Kind.HINT
                ? new HintedLink(link, directory, role, room(capacity, size))
                : link;
    }

    private int descriptor(Role role, Path directory) throws IOException {
        if (kind == Kind.DGRAM) {
            Path there = directory.resolve(THERE);
            Path back = directory.resolve(BACK);
            return role == Role.INITIATOR
                    ? UnixSocket.pair(back, there)
                    : UnixSocket.pair(there, back);
        }
        Path name = directory.resolve(SOCKET);
        return role == Role.RESPONDER
                ? UnixSocket.accept(name, kind.type)
                : UnixSocket.connect(name, kind.type);
    }

    /**
     * Returns a message's buffer is rounded up, to twice its size at most, and has a head of its
     * own.
     */
    private static long room(long capacity, int size) {
        return Math.max(1, capacity / (2L * size + 2048));
    }
}
