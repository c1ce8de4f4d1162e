package io.sluice.compare.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** This machine's limits, from {@code /proc/sys}. */
public final class Limits {
    private static final Path SYSCTLS = Path.of("/proc/sys");

    private Limits() {}

    /**
     * Returns the value of a sysctl.
     *
     * @param name its path below {@code /proc/sys}
     * @param otherwise the kernel's default, for when it cannot be read
     * @return its value
     */
    public static long of(String name, long otherwise) {
        // A sysctl returns its whole text to the first read, and nothing to a second.
        try (InputStream in = Files.newInputStream(SYSCTLS.resolve(name))) {
            return Long.parseLong(new String(in.readNBytes(64)).strip());
        } catch (IOException | NumberFormatException e) {
            return otherwise;
        }
    }
}
