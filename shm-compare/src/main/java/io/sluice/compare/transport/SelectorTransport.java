package io.sluice.compare.transport;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/** A reader of many sources through Java's own channels: a {@link Selector}. */
final class SelectorTransport extends ListedTransport {
    private static final String LISTENING = "listening";

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        UnixDomainSocketAddress name = UnixDomainSocketAddress.of(directory.resolve("socket"));
        Sources sources = new Sources(size);
        if (role == Role.INITIATOR) {
            Handshake.await(directory, LISTENING);
            sources.add(SocketChannel.open(name));
        } else {
            var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(name);
            Handshake.publish(directory, LISTENING, "");
            sources.add(listener.accept());
            listener.configureBlocking(false).register(sources.readable, SelectionKey.OP_ACCEPT);
        }
        return sources;
    }

    private static final class Sources implements Link {
        private final Selector readable = Selector.open();
        private final Selector writable = Selector.open();
        private final ByteBuffer outgoing;
        private Iterator<SelectionKey> ready = List.<SelectionKey>of().iterator();
        private SocketChannel last;
        private int sources;

        Sources(int size) throws IOException {
            outgoing = ByteBuffer.allocateDirect(size);
        }

        void add(SocketChannel source) throws IOException {
            ByteBuffer incoming = ByteBuffer.allocateDirect(outgoing.capacity());
            source.configureBlocking(false).register(readable, SelectionKey.OP_READ, incoming);
            source.register(writable, SelectionKey.OP_WRITE);
            sources++;
            last = source;
        }

        /** Sends to the source of the last message. */
        @Override
        public void send(Payload payload, long sequence) throws IOException {
            payload.write(MemorySegment.ofBuffer(outgoing.clear()), 0, sequence);
            while (outgoing.hasRemaining()) {
                if (last.write(outgoing) == 0) {
                    writable.select();
                    writable.selectedKeys().clear();
                }
            }
        }

        @Override
        public void receive(Payload payload, int limit) throws IOException {
            while (true) {
                while (!ready.hasNext()) {
                    readable.select();
                    ready = readable.selectedKeys().iterator();
                }
                SelectionKey key = ready.next();
                ready.remove();
                if (!(key.channel() instanceof SocketChannel source)) {
                    add(((ServerSocketChannel) key.channel()).accept());
                    continue;
                }
                ByteBuffer incoming = (ByteBuffer) key.attachment();
                if (source.read(incoming) < 0) {
                    source.close();
                    if (--sources == 0) {
                        throw new EOFException("the other end is gone");
                    }
                } else if (!incoming.hasRemaining()) {
                    last = source;
                    payload.verify(MemorySegment.ofBuffer(incoming.clear()), 0, payload.size());
                    return;
                }
            }
        }

        @Override
        public void close() {
            if (readable.isOpen()) {
                readable.keys().forEach(key -> failure(key.channel()::close));
                failure(readable::close); // They are closed in any case.
                failure(writable::close);
            }
        }
    }
}
