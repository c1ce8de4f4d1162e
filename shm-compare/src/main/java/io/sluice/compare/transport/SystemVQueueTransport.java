package io.sluice.compare.transport;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.compare.kernel.Downcall;
import io.sluice.compare.transport.CopyLink.TransferCalls;
import io.sluice.linux.Libc;
import io.sluice.linux.SystemCallException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/**
 * System V message queues, one each way, blocking. The kernel does not remove one when its
 * processes exit: it persists until it is removed or the machine stops. So a queue's key contains
 * the id of the process that created it, and {@link #orphaned} finds those whose creator has
 * exited.
 */
final class SystemVQueueTransport extends DescriptorTransport {
    /** The upper byte of the keys used here; a process id and a number, 0 or 1, fill the rest. */
    private static final int MARK = 0x5C;

    private static final Path TABLE = Path.of("/proc/sysvipc/msg");
    private static final int IPC_CREAT = 01000;
    private static final int IPC_EXCL = 02000;
    private static final int IPC_RMID = 0;

    /** Errors where there is no such queue: EINVAL and EIDRM. */
    private static final Set<Integer> GONE = Set.of(SystemCallException.EINVAL, 43);

    /** The type of every message, above zero, which stands in front of it. */
    private static final long TYPE = 1;

    private static final Downcall GET = Downcall.of("msgget");
    private static final Downcall CONTROL = Downcall.of("msgctl");
    private static final Downcall SEND = Downcall.of("msgsnd");
    private static final Downcall RECEIVE = Downcall.of("msgrcv");

    @Override
    public Optional<String> unavailable() {
        return failure(SystemVQueueTransport::orphaned).map("this kernel has none: "::concat);
    }

    /** Makes the queues, and removes those that a killed coordinator left. */
    @Override
    Prepared share(Path directory) throws IOException {
        // Another user's only that user may remove.
        orphaned().forEach(SystemVQueueTransport::tryRemove);
        int there = create(0);
        try {
            int back = create(1);
            Runnable remove = () -> List.of(there, back).forEach(SystemVQueueTransport::remove);
            return new Prepared(there + ":" + back, () -> {}, remove, List.of());
        } catch (IOException e) {
            remove(there);
            throw e;
        }
    }

    /** Creates a queue, accessible to its owner only; this process can have number 0 and 1. */
    static int create(int number) throws SystemCallException {
        int key = MARK << 24 | (int) ProcessHandle.current().pid() << 1 | number;
        return GET.must("queue " + number + " of this process", key, IPC_CREAT | IPC_EXCL | 0600);
    }

    /** Removes a queue; threads that wait at it get an error. Nothing happens if there is none. */
    static void remove(int id) {
        if (!tryRemove(id)) {
            throw new UncheckedIOException(CONTROL.failure("queue " + id));
        }
    }

    /** Removes a queue if it may be removed; returns whether there is none now. */
    private static boolean tryRemove(int id) {
        return CONTROL.attempt(id, IPC_RMID) == 0 || GONE.contains(Libc.errno());
    }

    /** Returns the queues that processes of this program did not remove before they exited. */
    static List<Integer> orphaned() throws IOException {
        return created(maker -> ProcessHandle.of(maker).isEmpty());
    }

    /** Returns the queues that a process of this program created, if its id is as asked for. */
    static List<Integer> created(LongPredicate by) throws IOException {
        try (Stream<String> rows = Files.lines(TABLE).skip(1)) { // A row of names is first.
            return rows.map(row -> row.strip().split("\\s+"))
                    .filter(row -> isOurs((int) Long.parseLong(row[0]), by))
                    .map(row -> Integer.valueOf(row[1]))
                    .toList();
        }
    }

    private static boolean isOurs(int key, LongPredicate maker) {
        return key >>> 24 == MARK && maker.test((key & 0xFF_FFFF) >>> 1);
    }

    /** Returns the queues, which the coordinator removes. */
    @Override
    Descriptors connect(Role role, Path directory, String address) {
        String[] queues = address.split(":");
        int in = Integer.parseInt(queues[role.choose(1, 0)]);
        int out = Integer.parseInt(queues[role.choose(0, 1)]);
        return new Descriptors(in, out, traits().capacity().bytes(), () -> {});
    }

    @Override
    TransferCalls calls(int size) {
        return new TransferCalls(
                (out, buffer, length) -> {
                    buffer.set(JAVA_LONG, 0, TYPE);
                    SEND.transfer(out, buffer, length);
                },
                (in, buffer, length) -> RECEIVE.transfer(in, buffer, length),
                Long.BYTES,
                Long.BYTES);
    }
}
