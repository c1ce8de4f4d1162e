package io.sluice.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A linker of C library functions, which captures {@code errno} after each call, and the counts of
 * system calls.
 *
 * <p>Every linked function takes, before its own arguments, the segment that receives {@code
 * errno}: pass {@link #errnoState()}. It is one segment for each thread; until the compiler has
 * compiled a call, after some thousand executions, the linker allocates 40 bytes for it.
 */
public final class Libc {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final ConcurrentHashMap<String, AtomicLong> CALLS = new ConcurrentHashMap<>();

    // Automatic: the segment lives as long as its thread can reach it.
    private static final ThreadLocal<MemorySegment> STATE_OF_THREAD =
            new ThreadLocal<>() {
                @Override
                protected MemorySegment initialValue() {
                    return Arena.ofAuto().allocate(STATE);
                }
            };

    private Libc() {}

    /**
     * Links a function of the C library whose arguments and result are integers or addresses, to be
     * called by {@link #call}. The linker's code for a signature takes some ten milliseconds of CPU
     * time, so all such functions share one signature: they read their arguments from their
     * registers, and ignore the others.
     *
     * @param name the function's name
     * @return a handle that takes the {@code errno} segment and six {@code long}, and returns one
     * @throws UnsupportedOperationException if the C library has no such function
     */
    static MethodHandle linkWords(String name) {
        return link(name, WORDS, CAPTURE_ERRNO);
    }

    /** Links a function as {@link #linkWords} does, for callers that need no {@code errno}. */
    static MethodHandle linkWordsWithoutErrno(String name) {
        return link(name, WORDS, new Linker.Option[0]);
    }

    /**
     * Calls a function of {@link #linkWords}; of an {@code int} result only the lower half is
     * valid.
     */
    static long call(MethodHandle function, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) function.invokeExact(STATE_OF_THREAD.get(), a, b, c, d, e, f);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static long call(MethodHandle function, long a, long b, long c) {
        return call(function, a, b, c, 0, 0, 0);
    }

    static long call(MethodHandle function, long a) {
        return call(function, a, 0, 0, 0, 0, 0);
    }

    /**
     * Links a function of the C library with a fixed number of arguments.
     *
     * @param name the function's name
     * @param descriptor its signature, without the leading {@code errno} segment
     * @return a handle that takes the {@code errno} segment first
     */
    public static MethodHandle link(String name, FunctionDescriptor descriptor) {
        return link(name, descriptor, CAPTURE_ERRNO);
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(
            String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Optional<MemorySegment> address = LINKER.defaultLookup().find(name);
        if (address.isEmpty()) {
            throw new UnsupportedOperationException("the C library of this system has no " + name);
        }
        return LINKER.downcallHandle(address.get(), descriptor, options);
    }

    /**
     * Returns the segment that receives {@code errno} in calls of this thread.
     *
     * @return the current thread's segment
     */
    public static MemorySegment errnoState() {
        return STATE_OF_THREAD.get();
    }

    /**
     * Returns {@code errno} after this thread's last call.
     *
     * @return the error number; meaningless after a call that succeeded
     */
    public static int errno() {
        return STATE_OF_THREAD
                .get()
                .get(JAVA_INT, 0); // On Linux, errno is the segment's only member.
    }

    /**
     * Wraps what a method handle may throw but a downcall never does.
     *
     * @param thrown the throwable
     * @return an error that wraps a checked throwable; an unchecked one is thrown
     */
    public static AssertionError unexpected(Throwable thrown) {
        if (thrown instanceof RuntimeException e) {
            throw e;
        }
        if (thrown instanceof Error e) {
            throw e;
        }
        return new AssertionError(thrown);
    }

    /**
     * Allocates a path as a C string.
     *
     * @param arena the arena that frees it
     * @param path a path of the default file system
     * @return its bytes as the file system has them, terminated by zero
     */
    static MemorySegment string(Arena arena, Path path) {
        byte[] bytes = pathBytes(path);
        MemorySegment text = arena.allocate(bytes.length + 1L); // Of zeros.
        MemorySegment.copy(bytes, 0, text, JAVA_BYTE, 0, bytes.length);
        return text;
    }

    /**
     * Returns a path as the kernel has it. A name may consist of any bytes but zero and {@code
     * '/'}, even of bytes that no string represents in this JVM's encoding of file names, {@code
     * sun.jnu.encoding}; a {@link Path} found by listing a directory has them nevertheless.
     *
     * @param path a path of the default file system
     * @return its bytes
     * @throws IllegalArgumentException if it is a path of another file system, in an archive, say
     */
    public static byte[] pathBytes(Path path) {
        if (path.getFileSystem() != FileSystems.getDefault()) {
            throw new IllegalArgumentException(
                    "%s is a path of %s, not of the machine's files"
                            .formatted(path, path.getFileSystem()));
        }
        String text = path.toString();
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != text.charAt(i)) {
                // The only API that exposes the bytes.
                return decoded(path.toUri().getRawPath());
            }
        }
        return bytes;
    }

    /** Decodes the escapes of a URI. It ends with a slash if there is a directory of that name. */
    private static byte[] decoded(String raw) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            bytes.write(c != '%' ? c : HexFormat.fromHexDigits(raw, i + 1, i + 3));
            i += c != '%' ? 0 : 2;
        }
        return bytes.toByteArray();
    }

    /**
     * Returns the counter of the calls of a system call that this process made through this
     * package. Exact, for any number of threads; a count costs one atomic addition, negligible
     * beside the call.
     *
     * @param call the call's name, as in section 2 of the manual
     * @return the same counter for the same name
     */
    public static AtomicLong callCounter(String call) {
        return CALLS.computeIfAbsent(call, name -> new AtomicLong());
    }

    /**
     * Returns the counts of all system calls so far.
     *
     * @return the number of calls by name, without those that were never made
     */
    public static Map<String, Long> callCounts() {
        Map<String, Long> counts = new TreeMap<>();
        CALLS.forEach((name, count) -> counts.put(name, count.get()));
        counts.values().removeIf(count -> count == 0);
        return counts;
    }

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final FunctionDescriptor WORDS =
            FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG);
}
