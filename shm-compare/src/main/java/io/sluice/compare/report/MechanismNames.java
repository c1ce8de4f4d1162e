package io.sluice.compare.report;

import io.sluice.compare.result.Factors;
import java.util.Map;

/**
 * The mechanisms' names in words. Names are unique: those of mechanisms that wait in several ways
 * include the way.
 */
final class MechanismNames {
    private static final Map<String, String> NAMES =
            Map.ofEntries(
                    Map.entry("pipe", "Pipe"),
                    Map.entry("pipe.packet", "Pipe of packets"),
                    Map.entry("pipe.1m", "Pipe of 1 MiB"),
                    Map.entry("pipe.buffered", "Pipe, buffered"),
                    Map.entry("uds.buffered", "Unix socket, buffered"),
                    Map.entry("mmsg", "Unix socket of packets, batched"),
                    Map.entry("pipe.hint", "Pipe, never asleep"),
                    Map.entry("pipe.nonblock", "Pipe, asked again"),
                    Map.entry("pipe.vmsplice", "Pipe of lent pages"),
                    Map.entry("fifo", "Named pipe"),
                    Map.entry("uds.stream", "Unix socket"),
                    Map.entry("uds.seqpacket", "Unix socket of packets"),
                    Map.entry("uds.dgram", "Unix datagrams"),
                    Map.entry("uds.stream.hint", "Unix socket, never asleep"),
                    Map.entry("uds.stream.nonblock", "Unix socket, asked again"),
                    Map.entry("mq.posix", "POSIX queue"),
                    Map.entry("mq.posix.hint", "POSIX queue, never asleep"),
                    Map.entry("mq.posix.nonblock", "POSIX queue, asked again"),
                    Map.entry("mq.sysv", "System V queue"),
                    Map.entry("tcp", "TCP loopback"),
                    Map.entry("epoll", "Many Unix sockets, epoll"),
                    Map.entry("nio.selector", "Many Unix sockets, Java NIO"),
                    Map.entry("udp", "UDP loopback"),
                    Map.entry("tcp.busypoll", "TCP loopback, busy poll"),
                    Map.entry("vmread", "Memory copied by the kernel"),
                    Map.entry("nio.fifo", "Named pipe, Java NIO"),
                    Map.entry("nio.uds", "Unix socket, Java NIO"),
                    Map.entry("nio.tcp", "TCP loopback, Java NIO"),
                    Map.entry("eventfd", "Shared memory, eventfd"),
                    Map.entry("sluice.memfd", "Shared memory by descriptor"),
                    Map.entry("agrona.o2o", "Agrona ring, one sender"),
                    Map.entry("agrona.m2o", "Agrona ring, many senders"),
                    Map.entry("aeron.ipc", "Aeron IPC"),
                    Map.entry("chronicle.queue", "Chronicle Queue"));

    /** Those that wait in several ways. */
    private static final Map<String, String> WAITING =
            Map.of(
                    "sluice", "Shared memory",
                    "sluice.1m", "Shared memory 1 MiB",
                    "sluice.offer", "Shared memory copied in",
                    "sluice.unbounded", "Growing shared memory",
                    "sluice.many", "Shared memory for many",
                    "sluice.rendezvous", "Shared rendezvous");

    private MechanismNames() {}

    /** Returns the name in words; an unknown mechanism keeps its id. */
    static String of(Factors factors) {
        String id = String.valueOf(factors.mechanism());
        return NAMES.containsKey(id)
                ? NAMES.get(id)
                : WAITING.getOrDefault(id, id) + ", " + Series.wait(factors).replace(",", "");
    }
}
