package io.sluice.os;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/**
 * Links functions of the C library, and keeps what {@code errno} was after each call.
 *
 * <p>Every linked function takes, before its own arguments, the segment that receives {@code
 * errno}: pass {@link #errnoState()}. It is one segment for each thread; until the compiler has
 * seen a call some thousand times the linker allocates 40 bytes for it.
 */
public final class Libc {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    // Automatic: the segment lives as long as its thread can reach it.
    private static final ThreadLocal<MemorySegment> STATE_OF_THREAD =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

    private Libc() {}

    /**
     * A handle on a function of the C library with a fixed number of arguments.
     *
     * @param name the function's name
     * @param descriptor its signature, without the leading {@code errno} segment
     * @return a handle that takes the {@code errno} segment first
     */
    public static MethodHandle link(String name, FunctionDescriptor descriptor) {
        return link(name, descriptor, CAPTURE_ERRNO);
    }

    /**
     * A handle on a variadic function of the C library.
     *
     * @param name the function's name
     * @param firstVariadicArg the index of the first argument behind the fixed ones
     * @param descriptor its signature, without the leading {@code errno} segment
     * @return a handle that takes the {@code errno} segment first
     */
    public static MethodHandle linkVariadic(
            String name, int firstVariadicArg, FunctionDescriptor descriptor) {
        return link(
                name, descriptor, CAPTURE_ERRNO, Linker.Option.firstVariadicArg(firstVariadicArg));
    }

    /**
     * A handle on a variadic function of the C library, for callers that do not ask why it failed.
     *
     * @param name the function's name
     * @param firstVariadicArg the index of the first argument behind the fixed ones
     * @param descriptor its signature
     * @return a handle that takes no {@code errno} segment
     */
    static MethodHandle linkVariadicWithoutErrno(
            String name, int firstVariadicArg, FunctionDescriptor descriptor) {
        return link(name, descriptor, Linker.Option.firstVariadicArg(firstVariadicArg));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(
            String name, FunctionDescriptor descriptor, Linker.Option... options) {
        MemorySegment address =
                LINKER.defaultLookup()
                        .find(name)
                        .orElseThrow(
                                () ->
                                        new UnsupportedOperationException(
                                                "the C library of this system has no " + name));
        return LINKER.downcallHandle(address, descriptor, options);
    }

    /**
     * Where calls of this thread leave {@code errno}.
     *
     * @return the current thread's segment
     */
    public static MemorySegment errnoState() {
        return STATE_OF_THREAD.get();
    }

    /**
     * What {@code errno} was after this thread's last call.
     *
     * @return the error number; meaningless after a call that succeeded
     */
    public static int errno() {
        return (int) ERRNO.get(STATE_OF_THREAD.get(), 0L);
    }

    /**
     * Wraps what a method handle may throw but a downcall never does.
     *
     * @param thrown what was thrown
     * @return never: it throws
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
     * A C string.
     *
     * @param arena who frees it
     * @param text what it says
     * @return the bytes in UTF-8, ended by zero
     */
    static MemorySegment string(Arena arena, String text) {
        return arena.allocateFrom(text);
    }

    /**
     * A path as a C string.
     *
     * @param arena who frees it
     * @param path a path of the default file system
     * @return its bytes as the file system has them, ended by zero
     */
    static MemorySegment string(Arena arena, Path path) {
        byte[] bytes = Directory.bytes(path);
        MemorySegment text = arena.allocate(bytes.length + 1L); // Of zeros.
        MemorySegment.copy(bytes, 0, text, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return text;
    }

    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
}
