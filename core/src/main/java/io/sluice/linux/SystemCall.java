package io.sluice.linux;

import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A system call: counted, and the one place where a failure becomes an exception. A record, because
 * the JIT compiler treats only a record's components as constants.
 *
 * @param function the C library's function, or {@code syscall(2)}
 * @param counter the counter of its calls
 */
record SystemCall(MethodHandle function, AtomicLong counter) {
    /** Links a system call by its function in the C library. */
    static SystemCall of(String name) {
        return new SystemCall(Libc.linkWords(name), Libc.callCounter(name));
    }

    /**
     * Links a system call without a function in the C library; its number is the first argument.
     *
     * @return the call; null on another system, or where native access is denied: callers then do
     *     without it
     */
    static SystemCall byNumber(String name) {
        try {
            Platform.requireLinux();
            return new SystemCall(Libc.linkWords("syscall"), Libc.callCounter(name));
        } catch (UnsupportedOperationException | IllegalCallerException e) {
            return null;
        }
    }

    /** Makes the call; of an {@code int} result only the lower half is valid. */
    long call(long a, long b, long c, long d, long e, long f) {
        counter.getAndIncrement();
        return Libc.call(function, a, b, c, d, e, f);
    }

    long call(long a, long b, long c, long d) {
        return call(a, b, c, d, 0, 0);
    }

    long call(long a, long b, long c) {
        return call(a, b, c, 0, 0, 0);
    }

    /**
     * Checks the {@code int} result of a call that this thread has just made.
     *
     * @param result the result
     * @param call the call's name in the message
     * @param subject what it was made on: a file, a size
     * @return the result
     * @throws SystemCallException if it is negative
     */
    static int check(long result, String call, Object subject) throws SystemCallException {
        if ((int) result < 0) {
            throw new SystemCallException(call, subject.toString());
        }
        return (int) result;
    }
}
