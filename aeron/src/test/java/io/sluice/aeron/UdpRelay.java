package io.sluice.aeron;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A bad network between two UDP endpoints: it loses, delays and reorders datagrams in both
 * directions. What is sent to its port goes to the target; answers go back to the sender. It stands
 * in for tc-netem(8), which not every kernel has.
 */
final class UdpRelay implements AutoCloseable {
    private static final int MAX_LENGTH = 65_535;

    private record Late(long due, byte[] bytes, DatagramSocket from, SocketAddress to)
            implements Comparable<Late> {
        @Override
        public int compareTo(Late other) {
            return Long.compare(due, other.due);
        }
    }

    private final DatagramSocket front;
    private final SocketAddress target;
    private final double loss;
    private final long maxDelayNanos;
    private final Random delays = new Random(3);
    private final PriorityQueue<Late> queue = new PriorityQueue<>();
    private final Map<SocketAddress, DatagramSocket> sockets = new ConcurrentHashMap<>();
    private volatile boolean closed;
    private volatile long lost;
    private volatile long passed;

    UdpRelay(int port, int targetPort, double loss, long maxDelayNanos) throws IOException {
        InetAddress host = InetAddress.getLoopbackAddress();
        this.front = new DatagramSocket(new InetSocketAddress(host, port));
        this.target = new InetSocketAddress(host, targetPort);
        this.loss = loss;
        this.maxDelayNanos = maxDelayNanos;
        front.setReceiveBufferSize(1 << 20);
        Thread.ofPlatform().daemon().start(this::deliverLate);
        Thread.ofPlatform().daemon().start(this::forward);
    }

    private void forward() {
        receive(
                front,
                new Random(1),
                (packet, bytes) -> {
                    DatagramSocket back =
                            sockets.computeIfAbsent(packet.getSocketAddress(), this::openBack);
                    enqueue(bytes, back, target);
                });
    }

    private DatagramSocket openBack(SocketAddress client) {
        try {
            DatagramSocket back =
                    new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            back.setReceiveBufferSize(1 << 20);
            Thread.ofPlatform()
                    .daemon()
                    .start(
                            () ->
                                    receive(
                                            back,
                                            new Random(2),
                                            (packet, bytes) -> enqueue(bytes, front, client)));
            return back;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @FunctionalInterface
    private interface OnDatagram {
        void packet(DatagramPacket packet, byte[] bytes);
    }

    private void receive(DatagramSocket socket, Random random, OnDatagram received) {
        byte[] buffer = new byte[MAX_LENGTH];
        DatagramPacket packet = new DatagramPacket(buffer, MAX_LENGTH);
        try {
            while (true) {
                packet.setLength(MAX_LENGTH);
                socket.receive(packet);
                if (random.nextDouble() < loss) {
                    lost++;
                } else {
                    received.packet(packet, Arrays.copyOf(buffer, packet.getLength()));
                    passed++;
                }
            }
        } catch (IOException e) {
            if (!closed) {
                throw new AssertionError(e);
            }
        }
    }

    private void enqueue(byte[] bytes, DatagramSocket from, SocketAddress to) {
        synchronized (queue) {
            // Each has a delay of its own, so they are reordered.
            long due = System.nanoTime() + (long) (delays.nextDouble() * maxDelayNanos);
            queue.add(new Late(due, bytes, from, to));
        }
    }

    private void deliverLate() {
        while (!closed) {
            Late next;
            synchronized (queue) {
                next = queue.peek();
                if (next != null && next.due - System.nanoTime() <= 0) {
                    queue.remove();
                } else {
                    next = null;
                }
            }
            if (next == null) {
                LockSupport.parkNanos(50_000);
                continue;
            }
            try {
                next.from.send(new DatagramPacket(next.bytes, next.bytes.length, next.to));
            } catch (IOException e) {
                // The receiver is not there: the network does not care.
            }
        }
    }

    long lost() {
        return lost;
    }

    long passed() {
        return passed;
    }

    @Override
    public void close() {
        closed = true;
        front.close();
        sockets.values().forEach(DatagramSocket::close);
    }
}
