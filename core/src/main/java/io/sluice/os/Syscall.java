package io.sluice.os;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** Calls that the C library has no function for: {@code syscall(2)}, with the call's number. */
final class Syscall {
    private Syscall() {}

    /**
     * A handle on {@code syscall(2)}, whose first argument, the number, is a {@code long}.
     *
     * @param descriptor its signature, without the leading {@code errno} segment
     * @return the handle; null on another system, or where native access is refused: callers then
     *     do without the call
     */
    static MethodHandle link(FunctionDescriptor descriptor) {
        try {
            Platform.requireLinux();
            return Libc.linkVariadic("syscall", 1, descriptor);
        } catch (UnsupportedOperationException | IllegalCallerException e) {
            return null;
        }
    }
}
