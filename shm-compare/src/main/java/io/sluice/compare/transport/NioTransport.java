package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.result.Factors;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channel;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** The same mechanisms through Java's own channels: what its layer costs over the bare calls. */
public final class NioTransport extends NamedTransport {
    private enum Kind {
        FIFO("nio.fifo", "a FIFO through FileChannel", FifoTransport::new),
        UNIX("nio.uds", "a Unix domain socket through SocketChannel", UnixSocketTransport::new),
        TCP(
                "nio.tcp",
                "TCP on 127.0.0.1 with TCP_NODELAY through SocketChannel",
                TcpTransport::new);

        private final String id;
        private final String description;
        private final Supplier<Transport> below;

        Kind(String id, String description, Supplier<Transport> below) {
            this.id = id;
            this.description = description;
            this.below = below;
        }
    }

    private static final String SOCKET = "socket";
    private static final String PORT = "port";
    private static final String LISTENING = "listening";

    private final Kind kind;

    /** Creates the transport over a FIFO. */
    public NioTransport() {
        this(Kind.FIFO);
    }

    private NioTransport(Kind kind) {
        super(kind.id, Factors.BLOCK, kind.description + ", blocking, direct buffers");
        this.kind = kind;
    }

    @Override
    public List<Transport> variants() {
        return Arrays.stream(Kind.values()).<Transport>map(NioTransport::new).toList();
    }

    @Override
    public Traits traits() {
        return kind.below
                .get()
                .traits()
                .with(
                        new Traits.Cost(
                                2,
                                List.of(),
                                List.of(),
                                "One write and one read, made inside the JDK and not counted by"
                                        + " this tool: see an audit."));
    }

    @Override
    public Prepared prepare(Path directory) throws IOException {
        if (kind == Kind.FIFO) {
            KernelCalls.mkfifo(directory.resolve(FifoTransport.THERE));
            KernelCalls.mkfifo(directory.resolve(FifoTransport.BACK));
        }
        return Prepared.NOTHING;
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        if (kind == Kind.FIFO) {
            return fifos(role, directory, size);
        }
        ByteChannel socket = role == Role.RESPONDER ? accept(directory) : connect(directory);
        return new ChannelLink(socket, socket, size);
    }

    private static Link fifos(Role role, Path directory, int size) throws IOException {
        Path there = directory.resolve(FifoTransport.THERE);
        Path back = directory.resolve(FifoTransport.BACK);
        if (role == Role.INITIATOR) {
            FileChannel out = FileChannel.open(there, StandardOpenOption.WRITE);
            return new ChannelLink(FileChannel.open(back, StandardOpenOption.READ), out, size);
        }
        FileChannel in = FileChannel.open(there, StandardOpenOption.READ);
        return new ChannelLink(in, FileChannel.open(back, StandardOpenOption.WRITE), size);
    }

    private ByteChannel accept(Path directory) throws IOException {
        boolean unix = kind == Kind.UNIX;
        try (ServerSocketChannel listener =
                unix
                        ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                        : ServerSocketChannel.open()) {
            SocketAddress address =
                    unix
                            ? UnixDomainSocketAddress.of(directory.resolve(SOCKET))
                            : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            listener.bind(address, 1);
            if (unix) {
                Handshake.publish(directory, LISTENING, "");
            } else {
                int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
                Handshake.publish(directory, PORT, Integer.toString(port));
            }
            return configured(listener.accept());
        }
    }

    private ByteChannel connect(Path directory) throws IOException {
        if (kind == Kind.UNIX) {
            Handshake.await(directory, LISTENING);
            return SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve(SOCKET)));
        }
        int port = Integer.parseInt(Handshake.await(directory, PORT));
        return configured(
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    private SocketChannel configured(SocketChannel socket) throws IOException {
        return kind == Kind.TCP
                ? socket.setOption(StandardSocketOptions.TCP_NODELAY, true)
                : socket;
    }

    private static final class ChannelLink implements Link {
        private final ReadableByteChannel in;
        private final WritableByteChannel out;
        private final ByteBuffer outgoing;
        private final ByteBuffer incoming;
        private final MemorySegment outgoingBytes;
        private final MemorySegment incomingBytes;

        ChannelLink(ReadableByteChannel in, WritableByteChannel out, int size) {
            this.in = in;
            this.out = out;
            this.outgoing = ByteBuffer.allocateDirect(size);
            this.incoming = ByteBuffer.allocateDirect(size);
            this.outgoingBytes = MemorySegment.ofBuffer(outgoing);
            this.incomingBytes = MemorySegment.ofBuffer(incoming);
        }

        @Override
        public void send(Payload payload, long sequence) throws IOException {
            payload.write(outgoingBytes, 0, sequence);
            outgoing.clear();
            while (outgoing.hasRemaining()) {
                out.write(outgoing);
            }
        }

        @Override
        public void receive(Payload payload, int limit) throws IOException {
            incoming.clear();
            while (incoming.hasRemaining()) {
                if (in.read(incoming) < 0) {
                    throw new EOFException("the other end is gone");
                }
            }
            payload.verify(incomingBytes, 0, payload.size());
        }

        @Override
        public long capacity() {
            return 0; // Its channels do not report it.
        }

        @Override
        public void close() {
            close(out);
            close(in);
        }

        private static void close(Channel channel) {
            try {
                channel.close();
            } catch (IOException e) {
                // It is closed in any case.
            }
        }
    }
}
