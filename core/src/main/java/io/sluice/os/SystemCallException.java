package io.sluice.os;

import java.io.IOException;

/** A system call failed. The message names the call, what it was for, and the error. */
public final class SystemCallException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Not allowed, by ownership, a seal or a filter. */
    public static final int EPERM = 1;

    /** No such file or directory. */
    public static final int ENOENT = 2;

    /** Interrupted by a signal. */
    public static final int EINTR = 4;

    /** Would block, or a lock is held by another. */
    public static final int EAGAIN = 11;

    /** Permission denied; also a lock that is held by another. */
    public static final int EACCES = 13;

    /** The name exists. */
    public static final int EEXIST = 17;

    /** The device, the file system or the quota is full. */
    public static final int ENOSPC = 28;

    /** A pipe or socket without a reader. */
    public static final int EPIPE = 32;

    /** Not a directory. */
    public static final int ENOTDIR = 20;

    /** An argument is not valid, or the file system does not know the flag. */
    public static final int EINVAL = 22;

    /** A symbolic link where none may be. */
    public static final int ELOOP = 40;

    /** The disk quota is used up. */
    public static final int EDQUOT = 122;

    /** The connection was reset by its peer. */
    public static final int ECONNRESET = 104;

    /** The time is over. */
    public static final int ETIMEDOUT = 110;

    /** The call's name. */
    private final String call;

    /** The error number. */
    private final int errno;

    /**
     * An exception for a call of the current thread that has just failed.
     *
     * @param call the call's name
     * @param subject what it was called for: a file, a size, a CPU
     */
    public SystemCallException(String call, String subject) {
        this(call, subject, Libc.errno());
    }

    private SystemCallException(String call, String subject, int errno) {
        super(call + " failed for " + subject + ": " + describe(errno));
        this.call = call;
        this.errno = errno;
    }

    /**
     * What an error number means.
     *
     * @param errno the number
     * @return its name and a few words
     */
    public static String describe(int errno) {
        return Errno.describe(errno);
    }

    /**
     * Which call failed.
     *
     * @return its name
     */
    public String call() {
        return call;
    }

    /**
     * How it failed.
     *
     * @return the error number
     */
    public int errno() {
        return errno;
    }
}
