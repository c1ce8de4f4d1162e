package io.sluice.compare.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Memory files that this process maps by huge pages: {@code madvise(2)} with MADV_COLLAPSE. */
public final class HugePages {
    /** The size of one, in bytes. */
    public static final long SIZE = 1 << 21;

    private static final int MADV_COLLAPSE = 25;
    private static final Downcall MADVISE = Downcall.of("madvise");

    private HugePages() {}

    /**
     * Puts all memory files that this process maps, as far as their mappings allow, into huge
     * pages.
     *
     * @throws IOException if the kernel cannot, or does not
     */
    public static void useForMemoryFiles() throws IOException {
        for (String line : mappings("maps")) {
            String[] range = line.substring(0, line.indexOf(' ')).split("-");
            long from = Long.parseUnsignedLong(range[0], 16);
            long length = Long.parseUnsignedLong(range[1], 16) - from;
            if (line.contains(" /memfd:") && length >= 2 * SIZE) {
                MADVISE.must(length + " bytes of a memory file", from, length, MADV_COLLAPSE);
            }
        }
    }

    /**
     * Returns how much of all memory files this process maps by huge pages.
     *
     * @return bytes
     * @throws IOException if the kernel does not say
     */
    public static long usedForMemoryFiles() throws IOException {
        return 1024
                * mappings("smaps").stream()
                        .filter(line -> line.startsWith("ShmemPmdMapped:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum();
    }

    private static List<String> mappings(String file) throws IOException {
        return Files.readAllLines(Path.of("/proc/self", file));
    }
}
