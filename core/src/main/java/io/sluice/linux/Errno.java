package io.sluice.linux;

import java.lang.foreign.MemorySegment;

/**
 * The meanings of the error numbers of Linux, the same on x86-64 and AArch64. Those that calls on
 * files, memory, processes and sockets return have texts of their own; the others have those of the
 * C library (glibc 2.32 or later), or their number only. Used only after a failure.
 */
final class Errno {
    private static final String LINES =
            """
            1 EPERM, operation not permitted
            2 ENOENT, no such file or directory
            3 ESRCH, no such process
            4 EINTR, interrupted
            5 EIO, input/output error
            6 ENXIO, no such device or address
            9 EBADF, bad file descriptor
            11 EAGAIN, try again
            12 ENOMEM, out of memory, address space, or mappings: raise the memory limit, ulimit -v or vm.max_map_count
            13 EACCES, permission denied
            14 EFAULT, no such memory, or no file behind it
            16 EBUSY, device or resource busy
            17 EEXIST, it exists already
            18 EXDEV, not on the same file system
            19 ENODEV, no such device
            20 ENOTDIR, not a directory
            21 EISDIR, is a directory
            22 EINVAL, invalid argument
            23 ENFILE, too many open files on this machine: raise fs.file-max
            24 EMFILE, too many open files in this process: raise ulimit -n
            26 ETXTBSY, text file busy
            27 EFBIG, larger than a file may be here: the limit of the file system, or ulimit -f
            28 ENOSPC, no space left on the file system
            30 EROFS, read-only file system
            32 EPIPE, broken pipe
            36 ENAMETOOLONG, a name is longer than the file system allows
            37 ENOLCK, no locks available
            38 ENOSYS, this kernel does not have the call
            39 ENOTEMPTY, the directory is not empty
            40 ELOOP, a symbolic link where none is followed
            75 EOVERFLOW, value too large for defined data type
            90 EMSGSIZE, message too long
            95 EOPNOTSUPP, the file system does not support it
            98 EADDRINUSE, address already in use
            104 ECONNRESET, connection reset by peer
            105 ENOBUFS, no buffer space available
            107 ENOTCONN, transport endpoint is not connected
            110 ETIMEDOUT, the time is over
            111 ECONNREFUSED, no process listens
            116 ESTALE, stale file handle
            117 EUCLEAN, structure needs cleaning
            121 EREMOTEIO, remote I/O error
            122 EDQUOT, the disk quota is used up
            133 EHWPOISON, a page of memory has a hardware error
            """;

    private Errno() {}

    /** Returns an error's name and a short description. */
    static String describe(int errno) {
        String number = errno + " ";
        return LINES.lines()
                .filter(line -> line.startsWith(number))
                .map(line -> line.substring(number.length()))
                .findFirst()
                .orElseGet(() -> describeByLibrary(errno));
    }

    private static String describeByLibrary(int errno) {
        try {
            String name = text("strerrorname_np", errno);
            return name == null ? "errno " + errno : name + ", " + text("strerrordesc_np", errno);
        } catch (UnsupportedOperationException e) { // Another C library, or an old one.
            return "errno " + errno;
        }
    }

    /** Returns a constant text of the C library, in English; null if it has none. */
    @SuppressWarnings("restricted")
    private static String text(String function, int errno) {
        long address = Libc.call(Libc.linkWords(function), errno);
        return address == 0
                ? null
                : MemorySegment.ofAddress(address).reinterpret(Long.MAX_VALUE).getString(0);
    }
}
