package io.sluice.compare.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.linux.Libc;
import io.sluice.linux.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

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
public record Downcall(
        String name,
        MethodHandle function,
        AtomicLong calls,
        AtomicLong failed,
        AtomicLong partial) {
    private static final int WORDS = 6;
    private static final FunctionDescriptor SIGNATURE =
            FunctionDescriptor.of(
                    JAVA_LONG, Collections.nCopies(WORDS, JAVA_LONG).toArray(MemoryLayout[]::new));

    /** Links a function that is called as its system call. */
    public static Downcall of(String name) {
        return of(name, name);
    }

    /** Links a function whose system call has another name. */
    public static Downcall of(String function, String name) {
        return of(function, name, Libc::callCounter);
    }

    /** Links a function whose calls appear in no count. */
    static Downcall uncounted(String name) {
        return of(name, name, count -> new AtomicLong());
    }

    private static Downcall of(
            String function, String name, Function<String, AtomicLong> counters) {
        return new Downcall(
                name,
                Libc.link(function, SIGNATURE),
                counters.apply(name),
                counters.apply(name + "/failed"),
                counters.apply(name + "/short"));
    }

    /** Makes the call, and returns what it does. */
    long word(long a, long b, long c, long d, long e, long f) {
        calls.getAndIncrement();
        try {
            return (long) function.invokeExact(Libc.errnoState(), a, b, c, d, e, f);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Makes a call that returns an {@code int}; -1 says that it failed. */
    int call(long a, long b, long c, long d, long e, long f) {
        return (int) word(a, b, c, d, e, f);
    }

    /** Makes the call on memory, which stays allocated meanwhile. */
    public int call(long a, MemorySegment memory, long c, long d, long e) {
        try {
            return call(a, memory.address(), c, d, e, 0);
        } finally {
            Reference.reachabilityFence(memory);
        }
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

    public int transfer(long a, MemorySegment memory, long c) throws SystemCallException {
        return transfer(a, memory, c, 0, 0);
    }

    /**
     * Makes a call that transfers no message, again if it was interrupted; -1 says that it failed.
     *
     * @param arguments each a number, memory or a text
     */
    public int attempt(Object... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            long[] words = new long[WORDS];
            for (int i = 0; i < arguments.length; i++) {
                words[i] =
                        switch (arguments[i]) {
                            case String text -> arena.allocateFrom(text).address();
                            case MemorySegment memory -> memory.address();
                            case Number number -> number.longValue();
                            default -> throw new IllegalArgumentException("" + arguments[i]);
                        };
            }
            int result;
            do {
                result = call(words[0], words[1], words[2], words[3], words[4], words[5]);
            } while (result < 0 && Libc.errno() == SystemCallException.EINTR);
            return result;
        } finally {
            Reference.reachabilityFence(arguments);
        }
    }

    /** Makes a call as {@link #attempt} does; throws if it fails. */
    public int must(Object subject, Object... arguments) throws SystemCallException {
        int result = attempt(arguments);
        if (result < 0) {
            throw failure(subject);
        }
        return result;
    }

    /** Returns the failure of this thread's last call. */
    public SystemCallException failure(Object subject) {
        return new SystemCallException(name, subject.toString());
    }
}
