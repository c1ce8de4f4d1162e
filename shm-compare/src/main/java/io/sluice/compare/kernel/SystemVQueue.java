package io.sluice.compare.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.linux.Libc;
import io.sluice.linux.SystemCallException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/**
 * System V message queues. The kernel does not remove one when its processes exit: it persists
 * until it is removed or the machine stops. So a queue's key contains the id of the process that
 * created it, and {@link #orphaned} finds those whose creator has exited.
 */
public final class SystemVQueue {
    /** The bytes in front of every message: its type. */
    public static final int HEADER = Long.BYTES;

    /** The upper byte of the keys used here; a process id and a number, 0 or 1, fill the rest. */
    private static final int MARK = 0x5C;

    /** The type of every message: above zero. */
    private static final long TYPE = 1;

    private static final Path TABLE = Path.of("/proc/sysvipc/msg");
    private static final int IPC_CREAT = 01000;
    private static final int IPC_EXCL = 02000;
    private static final int IPC_RMID = 0;
    private static final Set<Integer> GONE = Set.of(SystemCallException.EINVAL, 43); // EIDRM

    private static final Downcall GET = Downcall.of("msgget");
    private static final Downcall CONTROL = Downcall.of("msgctl");
    private static final Downcall SEND = Downcall.of("msgsnd");
    private static final Downcall RECEIVE = Downcall.of("msgrcv");

    private SystemVQueue() {}

    /**
     * Creates a queue, accessible to its owner only.
     *
     * @param number 0 or 1: this process can have two
     * @return its id, the same in every process
     * @throws SystemCallException if this process has it already, or there are too many
     */
    public static int create(int number) throws SystemCallException {
        int key = MARK << 24 | (int) ProcessHandle.current().pid() << 1 | number;
        return GET.must("queue " + number + " of this process", key, IPC_CREAT | IPC_EXCL | 0600);
    }

    /** Removes a queue; threads that wait at it get an error. Nothing happens if there is none. */
    public static void remove(int id) {
        if (!tryRemove(id)) {
            throw new UncheckedIOException(CONTROL.failure("queue " + id));
        }
    }

    /** Removes a queue if it may be removed; returns whether there is none now. */
    public static boolean tryRemove(int id) {
        return CONTROL.attempt(id, IPC_RMID) == 0 || GONE.contains(Libc.errno());
    }

    /**
     * Returns the queues that a process of this program created and did not remove before it
     * exited.
     *
     * @return their ids
     * @throws IOException if the kernel's table cannot be read
     */
    public static List<Integer> orphaned() throws IOException {
        return created(maker -> ProcessHandle.of(maker).isEmpty());
    }

    /**
     * Returns the queues that a process created and that still exist.
     *
     * @param pid its id
     * @return their ids
     * @throws IOException if the kernel's table cannot be read
     */
    public static List<Integer> createdBy(long pid) throws IOException {
        return created(maker -> maker == pid);
    }

    private static List<Integer> created(LongPredicate by) throws IOException {
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

    /**
     * Sends a message, and waits for room.
     *
     * @param id the queue
     * @param buffer {@value #HEADER} bytes for its type, then the message
     * @param length how long the message is, without the type
     * @throws SystemCallException if it fails
     */
    public static void send(int id, MemorySegment buffer, long length) throws SystemCallException {
        buffer.set(JAVA_LONG, 0, TYPE);
        SEND.transfer(id, buffer, length);
    }

    /**
     * Receives a message, and waits for one.
     *
     * @param id the queue
     * @param buffer where to: its type first
     * @param length how long it may be, without the type
     * @return how long it is
     * @throws SystemCallException if it fails
     */
    public static int receive(int id, MemorySegment buffer, long length)
            throws SystemCallException {
        return RECEIVE.transfer(id, buffer, length);
    }
}
