package io.sluice.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files in memory only, {@code memfd_create(2)}: they have no name in the file system, and
 * disappear with their last user. Once <em>sealed</em>, their size cannot be changed by any
 * process, whatever its privileges: no access to a mapping can reach a truncated page.
 *
 * <p>Everything that a {@link Descriptor} does works on them, locks included.
 */
public final class Memfd {
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int F_ADD_SEALS = 1033;
    private static final int F_GET_SEALS = 1034;
    private static final int F_SEAL_SEAL = 1;
    private static final int F_SEAL_SHRINK = 2;
    private static final int F_SEAL_GROW = 4;
    private static final int SIZE_SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW;

    /** The prefix of a memory file's name in the target of its {@code /proc} link. */
    private static final String PREFIX = "/memfd:";

    private static final SystemCall MEMFD_CREATE = SystemCall.of("memfd_create");
    private static final SystemCall FCNTL = SystemCall.of("fcntl");

    private Memfd() {}

    /**
     * Creates a file of zeros, which take no space until {@link Descriptor#allocate(long, long)} or
     * a write. Its mode is 0600.
     *
     * @param name the name in messages and in listings of the process's descriptors
     * @param size the size in bytes
     * @return its descriptor
     * @throws SystemCallException if it cannot be created
     */
    public static Descriptor create(String name, long size) throws SystemCallException {
        Descriptor file = new Descriptor(create(name), Path.of("memfd:" + name));
        try {
            file.changeMode(0600); // The default is 0777.
            file.resize(size);
            return file;
        } catch (SystemCallException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static int create(String name) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
            long fd = MEMFD_CREATE.call(arena.allocateFrom(name).address(), flags, 0);
            return SystemCall.check(fd, "memfd_create", name);
        }
    }

    /**
     * Fixes a memory file's size permanently, for all processes.
     *
     * @param file the file; sealing it twice has no effect
     * @throws SystemCallException if it cannot be sealed ({@code EINVAL}, {@code EPERM})
     */
    public static void seal(Descriptor file) throws SystemCallException {
        if (!isSealed(file)) {
            fcntl(file, F_ADD_SEALS, SIZE_SEALS, "fcntl(F_ADD_SEALS)");
        }
    }

    /**
     * Tests whether a file's size is sealed.
     *
     * @param file any file
     * @return whether it is; {@code false} for other files than memory files, too
     * @throws SystemCallException if the query fails
     */
    public static boolean isSealed(Descriptor file) throws SystemCallException {
        try {
            int seals = fcntl(file, F_GET_SEALS, 0, "fcntl(F_GET_SEALS)");
            return (seals & SIZE_SEALS) == SIZE_SEALS;
        } catch (SystemCallException e) {
            if (e.errno() == SystemCallException.EINVAL) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Opens a sealed memory file that another process, of the same user, has open. The descriptor
     * is a new open file description, with locks of its own.
     *
     * <p>The process id may have been reused by now, and that process may have any file open: the
     * result is always a sealed memory file, but the caller must identify it by its content.
     *
     * @param pid the process id, as in this process's {@code /proc}
     * @param fd the number of its descriptor there
     * @return a descriptor of the same file
     * @throws IOException if there is no such process or descriptor, it may not be opened, or it is
     *     no memory file, or not sealed
     */
    public static Descriptor openProcessFile(long pid, int fd) throws IOException {
        Path link = Path.of("/proc/" + pid + "/fd/" + fd);
        // Checked before it is opened: opening a device, or a FIFO, would have effects.
        String target = Files.readSymbolicLink(link).toString();
        if (!target.startsWith(PREFIX)) {
            throw new IOException(link + " is not a memory file, but " + target);
        }
        Descriptor file = Descriptor.openFollowing(link);
        try {
            // Only a memory file can have these seals, so it does not matter whether the link has
            // changed since the first check.
            if (!isSealed(file)) {
                throw new IOException(link + " is not sealed: its owner could cut it off");
            }
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /**
     * Returns where other processes of the same user find a file that this process has open.
     *
     * @param file the file, while it is open
     * @return a path for {@link #openProcessFile}
     */
    public static Path procPath(Descriptor file) {
        return Path.of("/proc/" + Platform.processId() + "/fd/" + file.fd());
    }

    private static int fcntl(Descriptor file, int command, int argument, String call)
            throws SystemCallException {
        return SystemCall.check(FCNTL.call(file.fd(), command, argument), call, file.path());
    }
}
