package io.sluice.compare.peers;

import io.sluice.compare.result.Waiting;
import io.sluice.compare.transport.Handshake;
import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.NamedTransport;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.Role;
import io.sluice.compare.transport.Traits;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMonitor;

/**
 * A pair of JeroMQ's sockets. Its {@code ipc://} is TCP at a port computed from the name, so this
 * is TCP at a free port. A thread of the library passes each message on, at either end.
 */
public final class JeromqTransport extends NamedTransport {
    private static final String ENDPOINT = "endpoint";
    private static final String CONNECTED = "connected";

    /**
     * The library's I/O thread does not register a connection that is established while commands
     * wait for it: nothing ever passes through it. So the ends try again, and wait longer.
     */
    private static final int ATTEMPTS = 20;

    private static final int ATTEMPT_MS = 50;
    private static final int CLOSING_MS = 1_000;

    /** How soon a call looks whether the other end is gone: nothing wakes it then. */
    private static final int LOOK_MS = 20;

    /** The library's own default. */
    private static final int MESSAGES = 1000;

    /** An end's heap is small. */
    private static final int BYTES = 4 << 20;

    /** Creates it. */
    public JeromqTransport() {
        super(
                "jeromq.tcp",
                Waiting.BLOCK,
                "JeroMQ, PAIR sockets over TCP on 127.0.0.1, which its ipc:// is, too; its I/O"
                        + " threads pass messages on");
    }

    @Override
    public Traits traits() {
        return new Traits(
                Traits.Boundaries.MESSAGES,
                Traits.Limit.NONE,
                new Traits.Capacity(
                        MESSAGES,
                        0,
                        "The sender waits at its high-water mark, the library's default of 1000"
                                + " messages, here at most 4 MiB; the receiver has as much."),
                new Traits.Cost(
                        4,
                        List.of(),
                        List.of(),
                        "Those of Java's channels, selectors and pipes, made by the library's I/O"
                                + " threads and not counted here; their CPU time belongs to both"
                                + " ends."),
                new Traits.Ending(
                        true,
                        "The library's monitor tells; a call that waits looks every 20 ms.",
                        "Nothing: the kernel closes the connection.",
                        "Until the connection is closed."));
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            JeromqLink link = new JeromqLink(size);
            boolean connected;
            if (role == Role.INITIATOR) {
                link.socket.connect(Handshake.await(directory, ENDPOINT + attempt));
                connected = link.isConnectedIn((attempt + 1) * ATTEMPT_MS);
                Handshake.publish(directory, CONNECTED + attempt, Boolean.toString(connected));
            } else {
                link.socket.bind("tcp://127.0.0.1:*");
                Handshake.publish(directory, ENDPOINT + attempt, link.socket.getLastEndpoint());
                connected = Boolean.parseBoolean(Handshake.await(directory, CONNECTED + attempt));
            }
            if (connected) {
                return link;
            }
            link.socket.setLinger(0);
            link.close();
        }
        throw new IOException("no connection in " + ATTEMPTS + " attempts");
    }

    private static final class JeromqLink implements Link {
        private final ZContext context = new ZContext();
        private final ZMQ.Socket socket;
        private final int size;
        private final int limit;
        private final CountDownLatch connected = new CountDownLatch(1);
        private volatile boolean gone;

        JeromqLink(int size) {
            this.size = size;
            limit = Math.max(2, Math.min(MESSAGES, BYTES / size));
            context.setNotificationExceptionHandler(this::report);
            socket = context.createSocket(SocketType.PAIR);
            socket.setSndHWM(limit);
            socket.setRcvHWM(limit);
            socket.setLinger(CLOSING_MS);
            socket.setReconnectIVL(-1); // What came before the connection broke can still be read.
            socket.setSendTimeOut(LOOK_MS);
            socket.setReceiveTimeOut(LOOK_MS);
            socket.setEventHook(
                    event -> {
                        gone = event.getEvent() == ZMonitor.Event.DISCONNECTED;
                        connected.countDown();
                    },
                    ZMQ.EVENT_HANDSHAKE_PROTOCOL | ZMQ.EVENT_DISCONNECTED);
        }

        /** Tests whether both ends of a connection have answered each other within a time. */
        boolean isConnectedIn(int millis) throws IOException {
            try {
                return connected.await(millis, TimeUnit.MILLISECONDS) && !gone;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException();
            }
        }

        @Override
        public void send(Payload payload, long sequence) throws IOException {
            byte[] message = new byte[size]; // The library keeps it.
            payload.write(MemorySegment.ofArray(message), 0, sequence);
            do {
                if (gone) {
                    throw new EOFException("the other end is gone");
                }
            } while (!socket.send(message));
        }

        @Override
        public void receive(Payload payload, int limit) throws IOException {
            byte[] message;
            boolean last = false;
            while ((message = socket.recv()) == null) {
                if (last) {
                    throw new EOFException("the other end is gone");
                }
                last = gone; // What it sent before may still be on its way through the library.
            }
            payload.verify(MemorySegment.ofArray(message), 0, message.length);
        }

        /** Reports an error of the I/O thread, but not those in which a context may end. */
        private void report(Thread thread, Throwable error) {
            if (!gone) {
                error.printStackTrace();
            }
        }

        @Override
        public long capacity() {
            return 2L * limit * size;
        }

        @Override
        public void close() {
            gone = true;
            context.close();
        }
    }
}
