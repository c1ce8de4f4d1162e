package io.sluice.compare.transport;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.compare.kernel.Limits;
import io.sluice.compare.kernel.SystemVQueue;
import io.sluice.compare.result.Factors;
import io.sluice.linux.SystemCallException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** System V message queues, one each way, blocking. */
public final class SystemVQueueTransport extends NamedTransport {
    private static final String MSGMAX = "kernel/msgmax";
    private static final String MSGMNB = "kernel/msgmnb";

    /** Creates it. */
    public SystemVQueueTransport() {
        super(
                "mq.sysv",
                Factors.BLOCK,
                "System V message queues, blocking msgsnd(2) and msgrcv(2)");
    }

    @Override
    public Optional<String> unavailable() {
        try {
            SystemVQueue.orphaned();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("this kernel has none: " + e.getMessage());
        }
    }

    private static long longest() {
        return Math.min(Limits.of(MSGMAX, 8192), Limits.of(MSGMNB, 16384));
    }

    @Override
    public Traits traits() {
        return new Traits(
                Traits.Boundaries.MESSAGES,
                new Traits.Limit(longest(), "/proc/sys/" + MSGMAX),
                new Traits.Capacity(0, Limits.of(MSGMNB, 16384), "The sender sleeps."),
                new Traits.Cost(2, List.of("msgsnd"), List.of("msgrcv"), ""),
                new Traits.Ending(
                        false,
                        "No notification: a receiver sleeps on, until the queue is removed.",
                        "The queues, if the coordinator is killed as well: its next run removes"
                                + " them.",
                        "Until the queue is removed, or the machine stops."));
    }

    @Override
    public boolean supportsFanIn() {
        return true;
    }

    /** Prepares the queues, and removes those that a killed coordinator left. */
    @Override
    public Prepared prepare(Path directory) throws IOException {
        for (int id : SystemVQueue.orphaned()) {
            try {
                SystemVQueue.remove(id);
            } catch (SystemCallException e) {
                // Another user's, which only that user may remove.
            }
        }
        int there = SystemVQueue.create(0);
        int back;
        try {
            back = SystemVQueue.create(1);
        } catch (IOException e) {
            SystemVQueue.remove(there);
            throw e;
        }
        Runnable remove =
                () -> {
                    try {
                        SystemVQueue.remove(there);
                        SystemVQueue.remove(back);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                };
        return new Prepared(there + ":" + back, () -> {}, remove, List.of());
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) {
        String[] part = address.split(":");
        int there = Integer.parseInt(part[0]);
        int back = Integer.parseInt(part[1]);
        Carrier queues = role == Role.INITIATOR ? new Queues(back, there) : new Queues(there, back);
        return new CopyLink(queues, SystemVQueue.HEADER, size, size + Long.BYTES);
    }

    private record Queues(int in, int out) implements Carrier {
        private static final long TYPE = 1;

        @Override
        public void send(MemorySegment buffer, int length) throws IOException {
            buffer.set(JAVA_LONG, 0, TYPE);
            SystemVQueue.send(out, buffer, length);
        }

        @Override
        public int receive(MemorySegment buffer, int length) throws IOException {
            return SystemVQueue.receive(in, buffer, length);
        }

        @Override
        public long capacity() {
            return Limits.of(MSGMNB, 16384);
        }

        /** Does nothing: the queues are the coordinator's. */
        @Override
        public void close() {}
    }
}
