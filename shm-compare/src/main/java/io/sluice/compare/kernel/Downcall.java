package io.sluice.compare.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.linux.Libc;
import io.sluice.linux.SystemCallException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A function of the C library that makes one system call: counted by name, and the one place where
 * its failure becomes an exception. All share one signature of six words, as a function reads its
 * own arguments from their registers and ignores the others. A record, because the JIT compiler
 * treats only a record's components as constants.
 *
 * @param name the system call's name, in counts and messages
 * @param function the C library's function
 * @param calls the counter of all calls
 * @param failed the counter of those that transferred nothing
 * @param partial the counter of those that transferred a part
 */
record Downcall(
        String name,
        MethodHandle function,
        AtomicLong calls,
        AtomicLong failed,
        AtomicLong partial) {
    private static final FunctionDescriptor WORDS =
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    /** Links a function that is called as its system call. */
    static Downcall of(String name) {
        return of(name, name);
    }

    /** Links a function whose system call has another name. */
    static Downcall of(String function, String name) {
        return new Downcall(
                name,
                Libc.link(function, WORDS),
                Libc.callCounter(name),
                Libc.callCounter(name + "/failed"),
                Libc.callCounter(name + "/short"));
    }

    /** Makes the call; -1 says that it failed. */
    int call(long a, long b, long c, long d, long e, long f) {
        calls.getAndIncrement();
        try {
            return (int) (long) function.invokeExact(Libc.errnoState(), a, b, c, d, e, f);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    int call(long a, long b, long c) {
        return call(a, b, c, 0, 0, 0);
    }

    /** Makes the call on memory, which stays allocated meanwhile. */
    int call(long a, MemorySegment memory, long c, long d, long e) {
        try {
            return call(a, memory.address(), c, d, e, 0);
        } finally {
            Reference.reachabilityFence(memory);
        }
    }

    int call(long a, MemorySegment memory, long c) {
        return call(a, memory, c, 0, 0);
    }

    /** Makes the call until it is not interrupted. */
    int uninterrupted(long a, MemorySegment memory, long c, long d, long e) {
        int result;
        do {
            result = call(a, memory, c, d, e);
        } while (result < 0 && Libc.errno() == SystemCallException.EINTR);
        return result;
    }

    /**
     * Makes a call that transfers bytes or messages until it does: again if it was interrupted, and
     * again if a descriptor is non-blocking and has nothing, or no room.
     */
    int transfer(long a, MemorySegment memory, long c, long d, long e) throws SystemCallException {
        int result;
        while ((result = call(a, memory, c, d, e)) < 0) {
            failed.getAndIncrement();
            int errno = Libc.errno();
            if (errno == SystemCallException.EAGAIN) {
                Thread.onSpinWait();
            } else if (errno != SystemCallException.EINTR) {
                throw failure("descriptor " + a);
            }
        }
        return result;
    }

    int transfer(long a, MemorySegment memory, long c) throws SystemCallException {
        return transfer(a, memory, c, 0, 0);
    }

    /** Returns the result of this thread's last call; throws if it failed. */
    int check(int result, Object subject) throws SystemCallException {
        if (result < 0) {
            throw failure(subject);
        }
        return result;
    }

    SystemCallException failure(Object subject) {
        return new SystemCallException(name, subject.toString());
    }
}
