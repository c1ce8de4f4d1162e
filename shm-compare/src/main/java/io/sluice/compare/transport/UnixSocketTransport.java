package io.sluice.compare.transport;

import io.sluice.compare.kernel.Limits;
import io.sluice.compare.kernel.Sockets;
import io.sluice.compare.kernel.Sockets.Address;
import io.sluice.compare.kernel.Sockets.Type;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Sockets of the Unix domain: streams, messages over a connection, and datagrams. */
public final class UnixSocketTransport extends DescriptorTransport {
    private static final Variant DATAGRAMS =
            new Variant(
                    "uds.dgram",
                    Use.MESSAGES,
                    "Unix domain datagram sockets, each connected to the other's name");
    private static final List<Variant> VARIANTS =
            List.of(
                    new Variant(
                            "uds.stream",
                            Use.STREAM,
                            "Unix domain stream socket, blocking write(2) and read(2)"),
                    new Variant(
                            "uds.seqpacket",
                            Use.MESSAGES,
                            "Unix domain socket of messages over a connection (SOCK_SEQPACKET)"),
                    DATAGRAMS,
                    new Variant(
                            "uds.buffered",
                            Use.BUFFERED,
                            "the stream socket behind a buffered writer and reader: a call for each"
                                    + " batch, up to 64 KiB"),
                    new Variant(
                            "mmsg",
                            Use.VECTORS,
                            "the socket of messages, a call for each batch (sendmmsg and recvmmsg),"
                                    + " up to 64 KiB"),
                    new Variant(
                            "uds.stream.hint",
                            Use.HINT,
                            "the stream socket without sleeping: a flag in shared memory says when"
                                    + " to read"),
                    new Variant(
                            "uds.stream.nonblock",
                            Use.NONBLOCK,
                            "the stream socket, asked again and again (O_NONBLOCK); contended:"
                                    + " asking takes its lock"));

    private static final String WMEM = "net/core/wmem_default";

    /** The least that the kernel reserves of a send buffer. */
    private static final int RESERVED = 32;

    /** Creates the transport over a stream. */
    public UnixSocketTransport() {
        this(VARIANTS.get(0));
    }

    private UnixSocketTransport(Variant variant) {
        super(variant);
    }

    @Override
    public List<Transport> variants() {
        return VARIANTS.stream().<Transport>map(UnixSocketTransport::new).toList();
    }

    private boolean isDatagrams() {
        return id().equals(DATAGRAMS.id());
    }

    @Override
    Traits plain() {
        Traits.Ending named = Traits.Ending.WITH_A_NAME;
        return new Traits(
                Traits.Boundaries.STREAM,
                Traits.Limit.NONE,
                new Traits.Capacity(
                        0,
                        Limits.of(WMEM, 212992),
                        "The writer sleeps. The kernel counts its own bookkeeping, 0.7 KiB"
                                + " and more a message."),
                Traits.Cost.WRITE_AND_READ,
                isDatagrams()
                        ? new Traits.Ending(
                                false,
                                "A writer gets ECONNREFUSED; a reader is not told and sleeps on.",
                                named.leftovers(),
                                "Until its receiver's descriptor is closed. The queue of"
                                        + " net.unix.max_dgram_qlen ("
                                        + Limits.of("net/unix/max_dgram_qlen", 10)
                                        + ") does not apply to two that are connected to each"
                                        + " other.")
                        : named);
    }

    @Override
    Traits.Limit whole() {
        long buffer = Limits.of(WMEM, 212992);
        return use() == Use.HINT
                ? new Traits.Limit((buffer - 2048) / 2, "what certainly fits into the send buffer")
                : new Traits.Limit(buffer - RESERVED, "/proc/sys/" + WMEM + " less " + RESERVED);
    }

    @Override
    Descriptors connect(Role role, Path directory, String address) throws IOException {
        boolean initiator = role == Role.INITIATOR;
        if (isDatagrams()) {
            Address own = Address.of(directory.resolve(initiator ? "back" : "there"));
            Address other = Address.of(directory.resolve(initiator ? "there" : "back"));
            int socket = Sockets.bind(own, Type.DGRAM);
            Sockets.connect(socket, other);
            return new Descriptors(socket);
        }
        Type type = use() == Use.MESSAGES || use() == Use.VECTORS ? Type.SEQPACKET : Type.STREAM;
        Address name = Address.of(directory.resolve("socket"));
        return new Descriptors(
                initiator ? Sockets.connect(name, type) : Sockets.acceptOne(name, type));
    }

    @Override
    long capacity(Descriptors ends) throws IOException {
        return Sockets.sendBuffer(ends.out());
    }

    /**
     * Returns the number of messages that fit: a message's buffer is rounded up, to twice its size
     * at most, and has a head of its own.
     */
    @Override
    long room(long capacity, int size) {
        return Math.max(1, capacity / (2L * size + 2048));
    }
}
