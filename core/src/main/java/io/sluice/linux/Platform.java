package io.sluice.linux;

import java.lang.foreign.MemorySegment;

/** The systems that this package supports, and a check that native access is allowed. */
public final class Platform {
    private static final String OS = System.getProperty("os.name");
    private static final String ARCH = System.getProperty("os.arch");

    private static boolean allowed; // Never reset.

    private Platform() {}

    /**
     * Checks that this package supports this system, and that native access is allowed. To be
     * called before any class that links functions is used: where native access is denied such a
     * class could not be initialized, and would report that only the first time.
     *
     * @throws UnsupportedOperationException elsewhere than on 64-bit Linux, x86-64 or AArch64
     * @throws IllegalCallerException if native access is denied to this module
     */
    public static void requireLinux() {
        if (!OS.equals("Linux") || !(isX86() || ARCH.equals("aarch64"))) {
            throw new UnsupportedOperationException(
                    "pipes between processes need Linux on x86-64 or AArch64; this is %s on %s (mailboxes between threads work everywhere)"
                            .formatted(OS, ARCH));
        }
        if (!allowed) {
            requireNativeAccess();
            allowed = true;
        }
    }

    /**
     * Calls a restricted method without effect: there is no other way to find out whether it is
     * denied.
     */
    @SuppressWarnings("restricted")
    private static void requireNativeAccess() {
        try {
            MemorySegment.NULL.reinterpret(0);
        } catch (IllegalCallerException e) {
            Module module = Platform.class.getModule();
            String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
            throw new IllegalCallerException(
                    "pipes between processes need native access, and this JVM denies it: start it with --enable-native-access=%s (mailboxes between threads work without)"
                            .formatted(name),
                    e);
        }
    }

    /**
     * Tests whether this is x86-64, where every locked instruction is a full memory fence.
     *
     * @return whether it is
     */
    public static boolean isX86() {
        return ARCH.equals("amd64") || ARCH.equals("x86_64");
    }
}
