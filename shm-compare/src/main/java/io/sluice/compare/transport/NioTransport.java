package io.sluice.compare.transport;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.sluice.compare.kernel.KernelCalls;
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
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** The same mechanisms through Java's own channels: what its layer costs over the bare calls. */
final class NioTransport extends ListedTransport {
    private static final String LISTENING = "listening";

    @Override
    Prepared share(Path directory) throws IOException {
        if (id().equals("nio.fifo")) {
            KernelCalls.mkfifo(Role.INITIATOR.out(directory));
            KernelCalls.mkfifo(Role.RESPONDER.out(directory));
        }
        return Prepared.NOTHING;
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        if (!id().equals("nio.fifo")) {
            ByteChannel socket = socket(role, directory);
            return link(socket, socket, size);
        }
        var there = FileChannel.open(Role.INITIATOR.out(directory), role.choose(WRITE, READ));
        var back = FileChannel.open(Role.RESPONDER.out(directory), role.choose(READ, WRITE));
        return link(role.choose(back, there), role.choose(there, back), size);
    }

    private ByteChannel socket(Role role, Path directory) throws IOException {
        boolean unix = id().equals("nio.uds");
        SocketAddress name = UnixDomainSocketAddress.of(directory.resolve("socket"));
        InetAddress loopback = InetAddress.getLoopbackAddress();
        SocketChannel socket;
        if (role == Role.INITIATOR) {
            int port = Integer.parseInt(Handshake.await(directory, LISTENING));
            socket = SocketChannel.open(unix ? name : new InetSocketAddress(loopback, port));
        } else {
            var family = unix ? StandardProtocolFamily.UNIX : StandardProtocolFamily.INET;
            try (ServerSocketChannel listener = ServerSocketChannel.open(family)) {
                listener.bind(unix ? name : new InetSocketAddress(loopback, 0), 1);
                int port = unix ? 0 : listener.socket().getLocalPort();
                Handshake.publish(directory, LISTENING, Integer.toString(port));
                socket = listener.accept();
            }
        }
        return unix ? socket : socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    private static Link link(ReadableByteChannel in, WritableByteChannel out, int size) {
        ByteBuffer outgoing = ByteBuffer.allocateDirect(size);
        ByteBuffer incoming = ByteBuffer.allocateDirect(size);
        MemorySegment outgoingBytes = MemorySegment.ofBuffer(outgoing);
        MemorySegment incomingBytes = MemorySegment.ofBuffer(incoming);
        return new Link() {
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
            public void close() {
                failure(out::close); // It is closed in any case.
                failure(in::close);
            }
        };
    }
}
