package io.sluice.aeron;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * UDP ports of this machine that no process uses, so tests do not meet those of another build. They
 * are below the ephemeral ports, which Linux gives to sockets in the meantime.
 */
final class FreePort {
    private static final int FIRST = 10_000;
    private static final int END = 32_768;
    private static final int ATTEMPTS = 1_000;
    private static final Set<Integer> USED = new HashSet<>();

    private FreePort() {}

    /** Returns a port that was not returned before. */
    static synchronized int next() {
        for (int i = 0; i < ATTEMPTS; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            if (USED.add(port) && isFree(port)) {
                return port;
            }
        }
        throw new AssertionError("no free port in " + ATTEMPTS + " of " + FIRST + ".." + END);
    }

    private static boolean isFree(int port) {
        try (DatagramSocket socket = new DatagramSocket(null)) {
            socket.setReuseAddress(false);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (SocketException e) {
            return false;
        }
    }

    /** Returns a free port of localhost, as {@code HOST:PORT}. */
    static String endpoint() {
        return "localhost:" + next();
    }

    /** Returns the channel of a free port of localhost. */
    static String channel() {
        return "aeron:udp?endpoint=" + endpoint();
    }

    /** Returns the channel of a multicast group of this machine, with a free port. */
    static String multicast() {
        return "aeron:udp?endpoint=224.20.30.39:" + next() + "|interface=localhost";
    }
}
