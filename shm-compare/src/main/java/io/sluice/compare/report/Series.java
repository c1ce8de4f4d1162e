package io.sluice.compare.report;

import io.sluice.compare.result.Factors;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A mechanism with its way to wait: its one name, which the whole page uses, and how its marks
 * look. Color never stands alone: each has a shape too.
 *
 * @param index chooses color and shape
 * @param mechanism what it is and how it waits, in words
 * @param qualifier what distinguishes a measurement from the usual ones, for instance its batch;
 *     empty if nothing does
 * @param sleep whether a reader that waits sleeps: its mark is hollow then
 */
record Series(int index, String mechanism, String qualifier, Sleep sleep) {
    /** How a waiting reader behaves. */
    enum Sleep {
        NEVER(""),
        /** It spins first. */
        AFTER_SPINNING(" pale"),
        IMMEDIATELY(" hollow");

        private final String style;

        Sleep(String style) {
            this.style = style;
        }
    }

    /** What the looks of marks mean. */
    static final String MARKS =
            "A hollow mark means that a waiting reader sleeps, a pale one that it spins first and"
                    + " then sleeps.";

    /** Colors in the style sheet. */
    static final int COLORS = 8;

    private static final int SHAPES = 7;
    private static final List<String> KNOWN =
            List.of("sluice", "pipe", "pipe.hint", "uds.stream", "fifo");

    private static final Set<String> SLEEPING =
            Set.of(Factors.BLOCK, Factors.FUTEX, Factors.EVENTFD);

    private static final Map<String, String> WAITS =
            Map.of(
                    Factors.BLOCK, "blocking",
                    Factors.HINT, "hinted",
                    Factors.NONBLOCK, "polled",
                    Factors.SPIN, "spinning",
                    Factors.YIELD, "yielding",
                    Factors.HYBRID, "spin then sleep",
                    Factors.FUTEX, "sleeping",
                    Factors.EVENTFD, "eventfd");

    /** Mechanisms, without their way to wait. */
    private static final Map<String, String> NAMES =
            Map.ofEntries(
                    Map.entry("pipe", "Pipe"),
                    Map.entry("pipe.packet", "Pipe of packets"),
                    Map.entry("pipe.1m", "Pipe of 1 MiB"),
                    Map.entry("pipe.buffered", "Pipe, buffered"),
                    Map.entry("pipe.vmsplice", "Pipe of lent pages"),
                    Map.entry("fifo", "Named pipe"),
                    Map.entry("uds.stream", "Unix socket"),
                    Map.entry("uds.buffered", "Unix socket, buffered"),
                    Map.entry("uds.uring", "Unix socket, io_uring"),
                    Map.entry("uds.seqpacket", "Unix socket of packets"),
                    Map.entry("uds.dgram", "Unix datagrams"),
                    Map.entry("mmsg", "Unix socket of packets, batched"),
                    Map.entry("mq.posix", "POSIX queue"),
                    Map.entry("mq.sysv", "System V queue"),
                    Map.entry("tcp", "TCP loopback"),
                    Map.entry("tcp.busypoll", "TCP loopback, busy poll"),
                    Map.entry("udp", "UDP loopback"),
                    Map.entry("epoll", "Many Unix sockets, epoll"),
                    Map.entry("vmread", "Kernel copies memory"),
                    Map.entry("nio.pipe", "Pipe, Java NIO"),
                    Map.entry("nio.fifo", "Named pipe, Java NIO"),
                    Map.entry("nio.uds", "Unix socket, Java NIO"),
                    Map.entry("nio.tcp", "TCP loopback, Java NIO"),
                    Map.entry("nio.selector", "Many Unix sockets, Java NIO"),
                    Map.entry("eventfd", "Shared memory, eventfd"),
                    Map.entry("sluice", "Shared memory"),
                    Map.entry("sluice.memfd", "Shared memory, memfd"),
                    Map.entry("sluice.1m", "Shared memory 1 MiB"),
                    Map.entry("sluice.4m", "Shared memory 4 MiB"),
                    Map.entry("sluice.16m", "Shared memory 16 MiB"),
                    Map.entry("sluice.huge", "Shared huge pages"),
                    Map.entry("sluice.offer", "Copied shared memory"),
                    Map.entry("sluice.unbounded", "Growing shared memory"),
                    Map.entry("sluice.many", "Shared memory of many"),
                    Map.entry("sluice.rendezvous", "Shared rendezvous"),
                    Map.entry("agrona.o2o", "Agrona ring, one sender"),
                    Map.entry("agrona.m2o", "Agrona ring, many senders"),
                    Map.entry("aeron.ipc", "Aeron IPC"),
                    Map.entry("chronicle.queue", "Chronicle Queue"),
                    Map.entry("netty.uds", "Unix socket, Netty"));

    /**
     * Returns a mechanism's series; unknown mechanisms get the remaining colors and shapes, in
     * order of appearance.
     */
    static Series of(Factors factors, List<String> mechanisms) {
        String id = String.valueOf(factors.mechanism());
        String waiting = String.valueOf(factors.waiting());
        int known = KNOWN.indexOf(id);
        List<String> others = mechanisms.stream().filter(m -> !KNOWN.contains(m)).toList();
        int index = known >= 0 ? known : KNOWN.size() + Math.max(0, others.indexOf(id));
        Sleep sleep =
                SLEEPING.contains(waiting)
                        ? Sleep.IMMEDIATELY
                        : Factors.HYBRID.equals(waiting) ? Sleep.AFTER_SPINNING : Sleep.NEVER;
        return new Series(index, name(id, waiting), "", sleep);
    }

    /**
     * Returns the name of a mechanism and a way to wait. Blocking is what the kernel's objects do
     * unless the name says otherwise, and a mechanism of one way needs no word for it; an unknown
     * mechanism keeps its id.
     */
    static String name(String id, String waiting) {
        String base = id.replaceFirst("\\.(hint|nonblock)$", "");
        String name = NAMES.getOrDefault(base, base);
        boolean always =
                NAMES.containsKey(base)
                        && (Factors.BLOCK.equals(waiting)
                                || base.equals("eventfd")
                                || base.matches("agrona.*|aeron.*|chronicle.*")
                                        && Factors.SPIN.equals(waiting));
        return always ? name : name + ", " + WAITS.getOrDefault(waiting, waiting);
    }

    /** Returns what a blocking mechanism is called within a sentence: "pipe", "Unix socket". */
    static String noun(String id) {
        String name = name(String.valueOf(id), Factors.BLOCK);
        return name.startsWith("Pipe") || name.startsWith("Named")
                ? name.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + name.substring(1)
                : name;
    }

    /**
     * Tests whether the kernel passes its messages on; false for shared memory and unknown ones.
     */
    static boolean isKernel(Factors factors) {
        return String.valueOf(factors.mechanism())
                .matches("(pipe|fifo|uds|mmsg|mq|tcp|udp|epoll|nio|vmread|netty|grpc)\\b.*");
    }

    /** Returns the same, with more in its qualifier. */
    Series with(String more) {
        return new Series(
                index, mechanism, qualifier.isEmpty() ? more : qualifier + ", " + more, sleep);
    }

    /** Returns the mechanism and what distinguishes the measurement. */
    String name() {
        return qualifier.isEmpty() ? mechanism : mechanism + ", " + qualifier;
    }

    String color() {
        return "c" + index % COLORS;
    }

    /** Returns its color, and how its marks differ from others of one color. */
    String style() {
        return color() + sleep.style;
    }

    /** Returns an SVG path of the shape, about 10 wide, around the origin. */
    String shape() {
        return switch (index % SHAPES) {
            case 0 -> "M-5,0a5,5 0 1,0 10,0 a5,5 0 1,0 -10,0z";
            case 1 -> "M-4.5,-4.5h9v9h-9z";
            case 2 -> "M0,-6l6,6 -6,6 -6,-6z";
            case 3 -> "M0,-5.5l6,10 -12,0z";
            case 4 -> "M0,5.5l6,-10 -12,0z";
            case 5 -> "M-1.5,-5.5h3v4h4v3h-4v4h-3v-4h-4v-3h4z";
            default -> "M-6,-3h12v6h-12z";
        };
    }
}
