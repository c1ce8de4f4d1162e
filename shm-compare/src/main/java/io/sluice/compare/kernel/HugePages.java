package io.sluice.compare.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Puts memory files into huge pages, and reports what is mapped by them. */
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
     * What this process maps by huge pages.
     *
     * @param shared bytes of shared memory: files and memory files
     * @param own bytes of all else: heaps, stacks, buffers
     */
    public record Mapped(long shared, long own) {}

    /**
     * Returns what this process maps by huge pages.
     *
     * @throws IOException if the kernel does not report it
     */
    public static Mapped mapped() throws IOException {
        List<String> sums = mappings("smaps_rollup");
        return new Mapped(
                bytes(sums, "(Shmem|File)PmdMapped|Shared_Hugetlb"),
                bytes(sums, "AnonHugePages|Private_Hugetlb"));
    }

    private static long bytes(List<String> sums, String names) {
        return sums.stream()
                .filter(line -> line.matches("(" + names + "):.*"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    private static List<String> mappings(String file) throws IOException {
        return Files.readAllLines(Path.of("/proc/self", file));
    }
}
