package io.sluice.linux;

import java.io.IOException;

/** Thrown when a system call fails. The message contains the call, its subject, and the error. */
public final class SystemCallException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Operation not permitted, by ownership, a seal or a filter. */
    public static final int EPERM = 1;

    /** No such file or directory. */
    public static final int ENOENT = 2;

    /** Interrupted by a signal. */
    public static final int EINTR = 4;

    /** Would block, or another owner holds a lock. */
    public static final int EAGAIN = 11;

    /** Permission denied; also a lock held by another owner. */
    public static final int EACCES = 13;

    /** The name exists. */
    public static final int EEXIST = 17;

    /** The device, the file system or the quota is full. */
    public static final int ENOSPC = 28;

    /** A pipe or socket without a reader. */
    public static final int EPIPE = 32;

    /** An argument is invalid, or the file system does not support the flag. */
    public static final int EINVAL = 22;

    /** A symbolic link where none is allowed. */
    public static final int ELOOP = 40;

    /** The disk quota is exhausted. */
    public static final int EDQUOT = 122;

    /** The connection was reset by its peer. */
    public static final int ECONNRESET = 104;

    /** The timeout expired. */
    public static final int ETIMEDOUT = 110;

    /** The error number. */
    private final int errno;

    /**
     * Creates an exception for a call of the current thread that has just failed.
     *
     * @param call the call's name
     * @param subject the subject of the call: a file, a size, a CPU
     */
    public SystemCallException(String call, String subject) {
        this(call, subject, Libc.errno());
    }

    private SystemCallException(String call, String subject, int errno) {
        super(call + " failed for " + subject + ": " + Errno.describe(errno));
        this.errno = errno;
    }

    /**
     * Returns the error number.
     *
     * @return the error number
     */
    public int errno() {
        return errno;
    }
}
