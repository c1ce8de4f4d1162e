package io.sluice.os;

import java.lang.invoke.MethodHandle;

/** Calls that the C library has no function for: {@code syscall(2)}, with the call's number. */
final class Syscall {
    private Syscall() {}

    /**
     * A handle on {@code syscall(2)}, whose first argument, the number, is a {@code long}.
     *
     * @return the handle; null on another system, or where native access is refused: callers then
     *     do without the call
     */
    static MethodHandle link() {
        try {
            Platform.requireLinux();
            return Libc.linkWords("syscall");
        } catch (UnsupportedOperationException | IllegalCallerException e) {
            return null;
        }
    }
}
