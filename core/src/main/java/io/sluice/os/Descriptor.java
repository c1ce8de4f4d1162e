package io.sluice.os;

import static io.sluice.os.Libc.INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.nio.file.Path;

/**
 * An open file of the operating system: an <em>open file description</em> of its own, which no
 * other user of the same file shares. That is what makes its locks belong to it alone.
 *
 * <p>Never follows a symbolic link in the last part of a path, those of {@code /proc} excepted
 * where it says so, and is closed on {@code exec}.
 *
 * <p>Locks: one thread at a time, except {@link #close}.
 */
public final class Descriptor implements Locks {
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

    /** A length. */
    private static final long TO_THE_END = 0;

    private static final short F_RDLCK = 0;
    private static final short F_WRLCK = 1;
    private static final short F_UNLCK = 2;

    // struct flock of 64-bit Linux.
    private static final long L_TYPE = 0;
    private static final long L_START = 8;
    private static final long L_LEN = 16;
    private static final long L_PID = 24;
    private static final long FLOCK_SIZE = 32;

    private static final MethodHandle OPEN = Libc.linkWords("open");
    private static final MethodHandle CLOSE = Libc.linkWords("close");
    private static final MethodHandle FALLOCATE = Libc.linkWords("fallocate");
    private static final MethodHandle FTRUNCATE = Libc.linkWords("ftruncate");
    private static final MethodHandle FCHMOD = Libc.linkWords("fchmod");
    private static final MethodHandle FCNTL = Libc.linkWords("fcntl");

    /** To keep errno costs the linker an object for each call, so who asks often does without. */
    private static final class Asking {
        static final MethodHandle FCNTL = Libc.linkWordsWithoutErrno("fcntl");
    }

    private static final CallCounter OPENS = CallCounter.of("open");
    private static final CallCounter CLOSES = CallCounter.of("close");
    private static final CallCounter FALLOCATES = CallCounter.of("fallocate");
    private static final CallCounter FTRUNCATES = CallCounter.of("ftruncate");
    private static final CallCounter FCHMODS = CallCounter.of("fchmod");
    private static final CallCounter FCNTLS = CallCounter.of("fcntl");

    private final int fd;
    private final Path path;
    private MemorySegment flock;
    private boolean hasLocked;
    private boolean closed;

    /** Takes charge of an open file. */
    Descriptor(int fd, Path path) {
        this.fd = fd;
        this.path = path;
    }

    /**
     * Opens a file that exists, for reading and writing.
     *
     * @param path the file
     * @return its descriptor
     * @throws SystemCallException if it cannot be opened so
     */
    public static Descriptor open(Path path) throws SystemCallException {
        return open(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW, 0);
    }

    /**
     * Opens what a link of {@code /proc} stands for, for reading and writing, as a new open file
     * description. What it is, the caller checks.
     */
    static Descriptor openFollowing(Path link) throws SystemCallException {
        return open(link, O_RDWR | O_NONBLOCK, 0);
    }

    /**
     * Holds a directory open: as long as that lasts, no other one gets its number. Nothing else can
     * be done with the descriptor.
     *
     * @param path the directory
     * @return its descriptor
     * @throws SystemCallException if it cannot be opened so
     */
    public static Descriptor openDirectory(Path path) throws SystemCallException {
        return open(path, O_DIRECTORY | O_NONBLOCK | O_NOFOLLOW, 0);
    }

    /**
     * Creates a file that does not exist, for its owner alone: mode 0600, without the bits of the
     * umask.
     *
     * @param path the file
     * @return its descriptor
     * @throws SystemCallException if it exists or cannot be created
     */
    public static Descriptor create(Path path) throws SystemCallException {
        return open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    }

    /**
     * As {@link #create(Path)}, in a directory that is held open: whatever has its name by now.
     *
     * @param directory from {@link #openDirectory}
     * @param name the file's name there
     * @return its descriptor
     * @throws SystemCallException if it exists or cannot be created
     */
    public static Descriptor create(Descriptor directory, String name) throws SystemCallException {
        int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW;
        Descriptor opened = open(directory.inside().resolve(name), flags, 0600);
        return new Descriptor(opened.fd, directory.path.resolve(name));
    }

    /**
     * A path that leads into this directory, whatever its name is by now.
     *
     * @return the path; only while it is open
     */
    public Path inside() {
        return Path.of("/proc/self/fd/" + fd);
    }

    private static Descriptor open(Path path, int flags, int mode) throws SystemCallException {
        OPENS.count();
        try (Arena arena = Arena.ofConfined()) {
            long name = Libc.string(arena, path).address();
            int fd = (int) Libc.call(OPEN, name, flags | O_CLOEXEC, mode);
            if (fd < 0) {
                throw new SystemCallException("open", path.toString());
            }
            return new Descriptor(fd, path);
        }
    }

    /**
     * Gives the file this size, with all of its space allocated: writing to it later cannot find
     * the disk full.
     *
     * @param size the file's size, in bytes
     * @throws SystemCallException if there is no space ({@code ENOSPC}, {@code EDQUOT}), or the
     *     file system cannot allocate in advance
     */
    public void allocate(long size) throws SystemCallException {
        allocate(0, size);
    }

    /**
     * Allocates the space of a part of the file, which grows if it ends before the part does.
     *
     * @param offset where the part begins, in bytes
     * @param length how long it is, in bytes, at least 1
     * @throws SystemCallException as {@link #allocate(long)}; also if the file is sealed and too
     *     short ({@code EPERM})
     */
    public void allocate(long offset, long length) throws SystemCallException {
        FALLOCATES.count();
        if ((int) Libc.call(FALLOCATE, fd, 0, offset, length) != 0) {
            throw new SystemCallException("fallocate", length + " bytes of " + path);
        }
    }

    /**
     * Takes the space of a part of the file away: what is read there afterwards is zero. The file
     * keeps its size. Does nothing where the file system cannot do that.
     *
     * @param offset where the part begins, in bytes
     * @param length how long it is, in bytes, at least 1
     * @return whether the space was given back
     */
    public boolean free(long offset, long length) {
        FALLOCATES.count();
        int mode = FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE;
        return (int) Libc.call(FALLOCATE, fd, mode, offset, length) == 0;
    }

    /**
     * Gives the file this size: cuts it off, or adds zeros that take no space yet.
     *
     * @param size the file's size, in bytes
     * @throws SystemCallException if it is sealed against it ({@code EPERM}), or the file system
     *     has no files so long
     */
    public void resize(long size) throws SystemCallException {
        FTRUNCATES.count();
        if ((int) Libc.call(FTRUNCATE, fd, size, 0) != 0) {
            throw new SystemCallException("ftruncate", size + " bytes of " + path);
        }
    }

    /**
     * Says who may do what with the file.
     *
     * @param mode the permission bits, 0 to 07777
     * @throws SystemCallException if it is another user's file ({@code EPERM})
     */
    public void changeMode(int mode) throws SystemCallException {
        FCHMODS.count();
        if ((int) Libc.call(FCHMOD, fd, mode, 0) != 0) {
            throw new SystemCallException("fchmod", Integer.toOctalString(mode) + " " + path);
        }
    }

    /**
     * Takes the lock on one byte of the file for this descriptor. The kernel drops it when the
     * descriptor is closed, or its process dies, however it dies.
     *
     * @param index which byte; the file need not be so long
     * @return whether it was taken: false if another descriptor has it
     * @throws IOException if the file system has no locks
     */
    @Override
    public boolean tryLock(long index) throws IOException {
        boolean taken = lock(flock(), F_OFD_SETLK, F_WRLCK, index, 1) != F_WRLCK;
        hasLocked |= taken;
        return taken;
    }

    /**
     * Gives the lock on one byte back.
     *
     * @param index which byte
     * @throws IOException if the file system has no locks
     */
    @Override
    public void unlock(long index) throws IOException {
        lock(flock(), F_OFD_SETLK, F_UNLCK, index, 1);
    }

    /**
     * Whether another descriptor, of any process, has the lock on a byte. This descriptor's own
     * lock does not count.
     *
     * @param index which byte
     * @return whether somebody who lives holds it
     * @throws IOException if the file system has no locks
     */
    @Override
    public boolean isLockedByAnother(long index) throws IOException {
        return lock(flock(), F_OFD_GETLK, F_WRLCK, index, 1) != F_UNLCK;
    }

    /** One for all calls, so that a question allocates nothing. */
    private MemorySegment flock() {
        if (flock == null) {
            flock = Arena.ofAuto().allocate(FLOCK_SIZE, Long.BYTES);
        }
        return flock;
    }

    /** Returns the lock type that the kernel left, or F_WRLCK when the lock is another's. */
    private short lock(MemorySegment flock, int command, short type, long index, long length)
            throws IOException {
        FCNTLS.count();
        try {
            flock.set(JAVA_SHORT, L_TYPE, type);
            flock.set(ValueLayout.JAVA_LONG, L_START, index);
            flock.set(ValueLayout.JAVA_LONG, L_LEN, length);
            flock.set(INT, L_PID, 0); // An answer has left another there, and 0 is required.
            if (command == F_OFD_GETLK && ask(flock)) {
                return flock.get(JAVA_SHORT, L_TYPE);
            }
            int r = (int) Libc.call(FCNTL, fd, command, flock.address());
            if (r == 0) {
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

    private boolean ask(MemorySegment flock) {
        try {
            long r =
                    (long)
                            Asking.FCNTL.invokeExact(
                                    (long) fd, (long) F_OFD_GETLK, flock.address(), 0L, 0L, 0L);
            return (int) r == 0;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * The descriptor's number in this process: others reach the file by it, see {@link
     * MemoryFile#openProcessFile}.
     *
     * @return the number; only while it is open
     */
    public int number() {
        return fd;
    }

    /**
     * What was opened.
     *
     * @return its path; of a {@link MemoryFile} a name that only messages use
     */
    public Path path() {
        return path;
    }

    /**
     * Closes it, and drops its locks. Closing twice is no error.
     *
     * <p>The locks are those of the open file, which a process that is just being started by this
     * one shares until it has become another program. So they are given back and not left to the
     * close, or they would stay for that long.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (hasLocked) {
            try (Arena arena = Arena.ofConfined()) { // Another thread may be asking just now.
                lock(arena.allocate(FLOCK_SIZE, Long.BYTES), F_OFD_SETLK, F_UNLCK, 0, TO_THE_END);
            } catch (IOException e) {
                // The close that follows drops them, if a little later.
            }
        }
        CLOSES.count();
        Libc.call(CLOSE, fd);
    }
}
