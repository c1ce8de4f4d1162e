package io.sluice.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An open file of the operating system: an <em>open file description</em> of its own, which no
 * other user of the same file shares. Therefore its locks belong to it alone.
 *
 * <p>Never follows a symbolic link in the last component of a path, except where a link of {@code
 * /proc} is documented to be followed, and is closed on {@code exec}.
 *
 * <p>Locks: one thread at a time, except {@link #close}.
 */
public final class Descriptor implements OfdLocks {
    private static final int AT_FDCWD = -100;
    private static final int RENAME_NOREPLACE = 1;

    private static final int O_RDONLY = 0;
    private static final int O_RDWR = 2;
    private static final int O_CREAT = 0100;
    private static final int O_EXCL = 0200;
    private static final int O_NONBLOCK = 04000;
    private static final int O_NOFOLLOW = Platform.isX86() ? 0400000 : 0100000;
    private static final int O_DIRECTORY = Platform.isX86() ? 0200000 : 040000;
    private static final int O_CLOEXEC = 02000000;

    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int FALLOC_FL_PUNCH_HOLE = 2;

    private static final int F_OFD_GETLK = 36;
    private static final int F_OFD_SETLK = 37;

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

    /** The length that locks to the end of the file. */
    private static final long TO_END_OF_FILE = 0;

    private static final short F_RDLCK = 0;
    private static final short F_WRLCK = 1;
    private static final short F_UNLCK = 2;

    // struct flock of 64-bit Linux.
    private static final long L_TYPE = 0;
    private static final long L_START = 8;
    private static final long L_LEN = 16;
    private static final long L_PID = 24;
    private static final long FLOCK_SIZE = 32;

    private static final SystemCall OPEN = SystemCall.of("open");
    private static final SystemCall RENAMEAT2 = SystemCall.of("renameat2");
    private static final SystemCall MEMFD_CREATE = SystemCall.of("memfd_create");
    private static final SystemCall CLOSE = SystemCall.of("close");
    private static final SystemCall FALLOCATE = SystemCall.of("fallocate");
    private static final SystemCall FTRUNCATE = SystemCall.of("ftruncate");
    private static final SystemCall FCHMOD = SystemCall.of("fchmod");
    private static final SystemCall FCNTL = SystemCall.of("fcntl");

    /** Without errno: to keep it costs the linker an object per call, and this call is frequent. */
    private static final class LockQuery {
        static final MethodHandle FCNTL = Libc.linkWordsWithoutErrno("fcntl");
    }

    /**
     * A counter that {@code poll(2)} and its like find readable unless it is 0: {@code eventfd(2)}.
     * It does not block, and is closed on {@code exec}.
     *
     * <p>One system call each. Any thread, but none during {@link #close} or after it.
     */
    public static final class EventFd implements AutoCloseable {
        private static final int EFD_NONBLOCK = O_NONBLOCK;
        private static final int EFD_CLOEXEC = O_CLOEXEC;

        private static final SystemCall EVENTFD = SystemCall.of("eventfd");
        private static final SystemCall WRITE = SystemCall.of("eventfd_write");
        private static final SystemCall READ = SystemCall.of("eventfd_read");

        private final int fd;
        private final MemorySegment value = Arena.ofAuto().allocate(JAVA_LONG);

        private EventFd(int fd) {
            this.fd = fd;
        }

        /**
         * Creates a counter that is 0.
         *
         * @return the counter
         * @throws SystemCallException if this process has no descriptor left
         */
        public static EventFd create() throws SystemCallException {
            long fd = EVENTFD.call(0, EFD_NONBLOCK | EFD_CLOEXEC, 0);
            return new EventFd(SystemCall.check(fd, "eventfd", "a new counter"));
        }

        /**
         * Returns the descriptor.
         *
         * @return its number
         */
        public int number() {
            return fd;
        }

        /** Makes the descriptor readable. */
        public void signal() {
            WRITE.call(fd, 1, 0); // It fails only if the counter is at its largest value.
        }

        /** Makes the descriptor not readable. */
        public void clear() {
            READ.call(fd, value.address(), 0); // It fails only if the counter is 0.
            Reference.reachabilityFence(value);
        }

        @Override
        public void close() {
            CLOSE.call(fd, 0, 0);
        }
    }

    private final int fd;
    private final Path path;
    private final boolean writable;
    private MemorySegment flock;
    private boolean hasLocked;
    private boolean closed;

    /** Takes ownership of a file that is open for reading and writing. */
    Descriptor(int fd, Path path) {
        this(fd, path, true);
    }

    private Descriptor(int fd, Path path, boolean writable) {
        this.fd = fd;
        this.path = path;
        this.writable = writable;
    }

    /**
     * Opens an existing file for reading and writing.
     *
     * @param path the file
     * @return its descriptor
     * @throws SystemCallException if it cannot be opened so
     */
    public static Descriptor open(Path path) throws SystemCallException {
        return open(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW, 0);
    }

    /**
     * Opens an existing file for reading only: its mappings are read-only, too. Its locks can be
     * queried, and not taken.
     *
     * @param path the file
     * @return its descriptor
     * @throws SystemCallException if it cannot be opened so
     */
    public static Descriptor openReadOnly(Path path) throws SystemCallException {
        return open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW, 0);
    }

    /**
     * Opens the target of a link of {@code /proc}, as a new open file description. The caller
     * checks what kind of file it is.
     */
    static Descriptor openFollowing(Path link, boolean writable) throws SystemCallException {
        return open(link, (writable ? O_RDWR : O_RDONLY) | O_NONBLOCK, 0);
    }

    /**
     * Opens a directory, and keeps its inode number from being reused while it is open. The
     * descriptor supports no other operation than {@link #create(Descriptor, String)} and {@link
     * #procPath}.
     *
     * @param path the directory
     * @return its descriptor
     * @throws SystemCallException if it cannot be opened so
     */
    public static Descriptor openDirectory(Path path) throws SystemCallException {
        return open(path, O_DIRECTORY | O_NONBLOCK | O_NOFOLLOW, 0);
    }

    /**
     * Creates a new file for its owner only: mode 0600, without the bits of the umask.
     *
     * @param path the file
     * @return its descriptor
     * @throws SystemCallException if it exists or cannot be created
     */
    public static Descriptor create(Path path) throws SystemCallException {
        return open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    }

    /**
     * Creates a file as {@link #create(Path)} does, in an open directory, whichever directory has
     * its name by now.
     *
     * @param directory a directory from {@link #openDirectory}
     * @param name the file's name in it
     * @return its descriptor
     * @throws SystemCallException if it exists or cannot be created
     */
    public static Descriptor create(Descriptor directory, String name) throws SystemCallException {
        int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW;
        Descriptor opened = open(directory.procPath().resolve(name), flags, 0600);
        return new Descriptor(opened.fd, directory.path.resolve(name));
    }

    /**
     * Creates a file in memory only, {@code memfd_create(2)}: it has no name in the file system,
     * and disappears with its last user. Its size can be {@linkplain #seal sealed}. It has zeros,
     * which take no space until {@link #allocate} or a write. Its mode is 0600.
     *
     * @param name the name in messages and in listings of the process's descriptors
     * @param size the size in bytes
     * @return its descriptor
     * @throws SystemCallException if it cannot be created
     */
    public static Descriptor createMemory(String name, long size) throws SystemCallException {
        Descriptor file = new Descriptor(memfdCreate(name), Path.of("memfd:" + name));
        try {
            file.changeMode(0600); // The default is 0777.
            file.resize(size);
            return file;
        } catch (SystemCallException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static int memfdCreate(String name) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
            long fd = MEMFD_CREATE.call(arena.allocateFrom(name).address(), flags, 0);
            return SystemCall.check(fd, "memfd_create", name);
        }
    }

    /**
     * Fixes a memory file's size permanently, for all processes, whatever their privileges: no
     * access to a mapping can reach a truncated page. Sealing twice has no effect.
     *
     * @throws SystemCallException if it cannot be sealed ({@code EINVAL}, {@code EPERM})
     */
    public void seal() throws SystemCallException {
        if (!isSealed()) {
            fcntl(F_ADD_SEALS, SIZE_SEALS, "fcntl(F_ADD_SEALS)");
        }
    }

    /**
     * Tests whether this file's size is sealed.
     *
     * @return whether it is; {@code false} for other files than memory files, too
     * @throws SystemCallException if the query fails
     */
    public boolean isSealed() throws SystemCallException {
        try {
            int seals = fcntl(F_GET_SEALS, 0, "fcntl(F_GET_SEALS)");
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
        return openProcessFile(pid, fd, true);
    }

    /**
     * Opens a sealed memory file of another process, as {@link #openProcessFile(long, int)}, for
     * reading and writing or for reading only.
     *
     * @param pid the process id, as in this process's {@code /proc}
     * @param fd the number of its descriptor there
     * @param writable false to open it as {@link #openReadOnly} does
     * @return a descriptor of the same file
     * @throws IOException if it cannot be opened so, or is no such file
     */
    public static Descriptor openProcessFile(long pid, int fd, boolean writable)
            throws IOException {
        Path link = Path.of("/proc/" + pid + "/fd/" + fd);
        // Checked before it is opened: opening a device, or a FIFO, would have effects.
        String target = Files.readSymbolicLink(link).toString();
        if (!target.startsWith(PREFIX)) {
            throw new IOException(link + " is not a memory file, but " + target);
        }
        Descriptor file = openFollowing(link, writable);
        try {
            // Only a memory file can have these seals, so it does not matter whether the link has
            // changed since the first check.
            if (!file.isSealed()) {
                throw new IOException(link + " is not sealed: its owner could cut it off");
            }
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /**
     * Returns where other processes of the same user find this file.
     *
     * @return a path for {@link #openProcessFile}, valid only while it is open
     */
    public Path processPath() {
        return Path.of("/proc/" + Platform.processId() + "/fd/" + fd);
    }

    private int fcntl(int command, int argument, String call) throws SystemCallException {
        return SystemCall.check(FCNTL.call(fd, command, argument), call, path);
    }

    /**
     * Returns a path into this directory that is independent of its current name.
     *
     * @return the path, valid only while it is open
     */
    public Path procPath() {
        return Path.of("/proc/self/fd/" + fd);
    }

    private static Descriptor open(Path path, int flags, int mode) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            long name = Libc.string(arena, path).address();
            long fd = OPEN.call(name, flags | O_CLOEXEC, mode);
            boolean writable = (flags & O_RDWR) != 0;
            return new Descriptor(SystemCall.check(fd, "open", path), path, writable);
        }
    }

    /**
     * Renames a file or directory atomically, unless the new name exists.
     *
     * @param from the old name
     * @param to the new name, on the same file system
     * @throws SystemCallException if the new name exists ({@code EEXIST}), or the file system does
     *     not support it ({@code EINVAL})
     */
    public static void renameNoReplace(Path from, Path to) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            long old = Libc.string(arena, from).address();
            long next = Libc.string(arena, to).address();
            long result = RENAMEAT2.call(AT_FDCWD, old, AT_FDCWD, next, RENAME_NOREPLACE, 0);
            SystemCall.check(result, "renameat2", to);
        }
    }

    /**
     * Allocates the space of a part of the file, which grows if it ends before the part does: a
     * later write to it cannot find the disk full.
     *
     * @param offset the part's offset, in bytes
     * @param length the part's length, in bytes, at least 1
     * @throws SystemCallException if there is no space ({@code ENOSPC}, {@code EDQUOT}), the file
     *     system cannot preallocate, or the file is sealed and too short ({@code EPERM})
     */
    public void allocate(long offset, long length) throws SystemCallException {
        long result = FALLOCATE.call(fd, 0, offset, length);
        SystemCall.check(result, "fallocate", length + " bytes of " + path);
    }

    /**
     * Frees the space of a part of the file (punches a hole): it reads as zeros afterwards. The
     * file keeps its size. Does nothing where the file system does not support that.
     *
     * @param offset the part's offset, in bytes
     * @param length the part's length, in bytes, at least 1
     * @return whether the space was freed
     */
    public boolean punchHole(long offset, long length) {
        int mode = FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE;
        return (int) FALLOCATE.call(fd, mode, offset, length) == 0;
    }

    /**
     * Sets the file's size: truncates it, or appends zeros that take no space yet.
     *
     * @param size the size, in bytes
     * @throws SystemCallException if it is sealed against it ({@code EPERM}), or the file system
     *     does not support files of this size
     */
    public void resize(long size) throws SystemCallException {
        SystemCall.check(FTRUNCATE.call(fd, size, 0), "ftruncate", size + " bytes of " + path);
    }

    /**
     * Sets the file's permissions.
     *
     * @param mode the permission bits, 0 to 07777
     * @throws SystemCallException if another user owns the file ({@code EPERM})
     */
    public void changeMode(int mode) throws SystemCallException {
        String subject = Integer.toOctalString(mode) + " " + path;
        SystemCall.check(FCHMOD.call(fd, mode, 0), "fchmod", subject);
    }

    /**
     * Takes the lock on one byte of the file for this descriptor. The kernel releases it when the
     * descriptor is closed, or its process ends, in whatever way.
     *
     * @param index the byte's offset; the file may be shorter
     * @return whether it was taken; {@code false} if another descriptor holds it
     * @throws IOException if the file system does not support locks
     */
    @Override
    public boolean tryLock(long index) throws IOException {
        boolean taken = lock(flock(), F_OFD_SETLK, F_WRLCK, index, 1) != F_WRLCK;
        hasLocked |= taken;
        return taken;
    }

    /**
     * Releases the lock on one byte.
     *
     * @param index the byte's offset
     * @throws IOException if the file system does not support locks
     */
    @Override
    public void unlock(long index) throws IOException {
        lock(flock(), F_OFD_SETLK, F_UNLCK, index, 1);
    }

    /**
     * Tests whether another descriptor, of any process, holds the lock on a byte. This descriptor's
     * own lock does not count.
     *
     * @param index the byte's offset
     * @return whether another, open descriptor holds it
     * @throws IOException if the file system does not support locks
     */
    @Override
    public boolean isLockedByAnother(long index) throws IOException {
        return lock(flock(), F_OFD_GETLK, F_WRLCK, index, 1) != F_UNLCK;
    }

    /** Returns the struct that all calls share, so that a query allocates nothing. */
    private MemorySegment flock() {
        if (flock == null) {
            flock = Arena.ofAuto().allocate(FLOCK_SIZE, Long.BYTES);
        }
        return flock;
    }

    /**
     * Returns the lock type that the kernel left, or F_WRLCK if another descriptor holds the lock.
     */
    private short lock(MemorySegment flock, int command, short type, long index, long length)
            throws IOException {
        try {
            flock.set(JAVA_SHORT, L_TYPE, type);
            flock.set(JAVA_LONG, L_START, index);
            flock.set(JAVA_LONG, L_LEN, length);
            flock.set(JAVA_INT, L_PID, 0); // F_OFD_GETLK overwrites it, and 0 is required.
            if (command == F_OFD_GETLK && queryLock(flock)) {
                return flock.get(JAVA_SHORT, L_TYPE);
            }
            long result = FCNTL.call(fd, command, flock.address());
            if ((int) result == 0) {
                return command == F_OFD_GETLK ? flock.get(JAVA_SHORT, L_TYPE) : F_RDLCK;
            }
            int errno = Libc.errno();
            if (errno == SystemCallException.EAGAIN || errno == SystemCallException.EACCES) {
                return F_WRLCK;
            }
            throw new SystemCallException("fcntl(lock)", "byte " + index + " of " + path);
        } finally {
            Reference.reachabilityFence(flock);
        }
    }

    private boolean queryLock(MemorySegment flock) {
        FCNTL.counter().getAndIncrement();
        try {
            long r =
                    (long)
                            LockQuery.FCNTL.invokeExact(
                                    (long) fd, (long) F_OFD_GETLK, flock.address(), 0L, 0L, 0L);
            return (int) r == 0;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Returns the descriptor's number in this process, by which other processes reach the file, see
     * {@link #openProcessFile}.
     *
     * @return the number, valid only while it is open
     */
    public int fd() {
        return fd;
    }

    /**
     * Tests whether the file is open for writing.
     *
     * @return false if it was opened by {@link #openReadOnly}, or so
     */
    public boolean isWritable() {
        return writable;
    }

    /**
     * Returns the path that was opened.
     *
     * @return the path; of a memory file a name that only messages use
     */
    public Path path() {
        return path;
    }

    /**
     * Closes it, and releases its locks. Closing twice has no effect.
     *
     * <p>The locks belong to the open file description, which a child process that is being forked
     * shares until its {@code exec}. So close releases them explicitly, or they would stay held
     * until then.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (hasLocked) {
            try (Arena arena = Arena.ofConfined()) { // Another thread may query.
                lock(
                        arena.allocate(FLOCK_SIZE, Long.BYTES),
                        F_OFD_SETLK,
                        F_UNLCK,
                        0,
                        TO_END_OF_FILE);
            } catch (IOException e) {
                // The close that follows releases them, if a little later.
            }
        }
        CLOSE.call(fd, 0, 0);
    }
}
