package io.sluice.linux;

import java.lang.invoke.MethodHandle;

/** System calls without a C library function: {@code syscall(2)}, with the call's number. */
final class Syscall {
    private Syscall() {}

    /**
     * Links {@code syscall(2)}, whose first argument, the number, is a {@code long}.
     *
     * @return the handle; null on another system, or where native access is denied: callers then do
     *     without the call
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
