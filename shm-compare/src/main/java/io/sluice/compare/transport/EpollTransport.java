package io.sluice.compare.transport;

import io.sluice.compare.kernel.Epoll;
import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.kernel.Sockets;
import io.sluice.compare.kernel.Sockets.Address;
import io.sluice.compare.kernel.Sockets.Type;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** A reader of many sources as servers have it: sockets of messages, and {@code epoll_wait(2)}. */
final class EpollTransport extends ListedTransport {
    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        Address name = Address.of(directory.resolve("socket"));
        if (role == Role.INITIATOR) {
            return new Sources(-1, Sockets.connect(name, Type.SEQPACKET), size);
        }
        int listener = Sockets.listen(name, Type.SEQPACKET);
        return new Sources(listener, Sockets.accept(listener), size);
    }

    private static final class Sources implements Link {
        private final Epoll epoll = new Epoll();
        private final Set<Integer> sources = new HashSet<>();
        private final int listener;
        private final MemorySegment outgoing;
        private final MemorySegment incoming;
        private int last;
        private boolean closed;

        Sources(int listener, int first, int size) throws IOException {
            this.listener = listener;
            this.outgoing = Arena.ofAuto().allocate(size, 64);
            this.incoming = Arena.ofAuto().allocate(size + Long.BYTES, 64);
            if (listener >= 0) {
                epoll.add(listener);
            }
            add(first);
        }

        private void add(int source) throws IOException {
            epoll.add(source);
            sources.add(source);
            last = source;
        }

        /** Sends to the source of the last message. */
        @Override
        public void send(Payload payload, long sequence) throws IOException {
            payload.write(outgoing, 0, sequence);
            KernelCalls.writeMessage(last, outgoing, payload.size());
        }

        @Override
        public void receive(Payload payload, int limit) throws IOException {
            while (true) {
                int source = epoll.next();
                if (source == listener) {
                    add(Sockets.accept(listener));
                    continue;
                }
                try {
                    int length = KernelCalls.readMessage(source, incoming, incoming.byteSize());
                    last = source;
                    payload.verify(incoming, 0, length);
                    return;
                } catch (EOFException e) {
                    KernelCalls.close(source);
                    sources.remove(source);
                    if (sources.isEmpty()) {
                        throw e;
                    }
                }
            }
        }

        @Override
        public long capacity() throws IOException {
            return Sockets.sendBuffer(last);
        }

        @Override
        public void close() {
            if (closed) {
                return; // The numbers may be other descriptors' by now.
            }
            closed = true;
            sources.forEach(KernelCalls::close);
            if (listener >= 0) {
                KernelCalls.close(listener);
            }
            epoll.close();
        }
    }
}
