package io.sluice.os;

/** Which systems the calls of this package are right for. */
public final class Platform {
    private static final String OS = System.getProperty("os.name");
    private static final String ARCH = System.getProperty("os.arch");

    private Platform() {}

    /**
     * Checks that this is a system whose numbers and layouts this package knows.
     *
     * @throws UnsupportedOperationException elsewhere than on 64-bit Linux, x86-64 or AArch64
     */
    public static void requireLinux() {
        if (!OS.equals("Linux") || !(isX86() || ARCH.equals("aarch64"))) {
            throw new UnsupportedOperationException(
                    "pipes between processes need Linux on x86-64 or AArch64; this is "
                            + OS
                            + " on "
                            + ARCH
                            + " (mailboxes between threads work everywhere)");
        }
    }

    /**
     * Whether this is x86-64, where every locked instruction is a full memory fence.
     *
     * @return whether it is
     */
    public static boolean isX86() {
        return ARCH.equals("amd64") || ARCH.equals("x86_64");
    }
}
