package io.sluice.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where mappings lie in memory. */
class MappingTest {
    private static final long HUGE = 1 << 21;
    private static final int OFFSET = Mapping.pageSize();

    /** A huge page of a file can only be mapped where its address is a multiple of its size. */
    @Test
    void aLargeMirroredMappingLiesInMemoryAsItLiesInTheFile() throws IOException {
        for (long size : List.of(HUGE, 2 * HUGE)) {
            try (Descriptor file = Descriptor.createMemory("test", OFFSET + size);
                    Mapping mapping = Mapping.mapMirrored(file, OFFSET, size)) {
                MemorySegment bytes = mapping.segment();
                assertEquals(2 * size, bytes.byteSize());
                assertEquals(OFFSET % HUGE, bytes.address() % HUGE);
                bytes.set(ValueLayout.JAVA_LONG, 8, size);
                assertEquals(size, bytes.get(ValueLayout.JAVA_LONG, size + 8));
                bytes.set(ValueLayout.JAVA_LONG, 2 * size - 8, 7);
                assertEquals(7, bytes.get(ValueLayout.JAVA_LONG, size - 8));
            }
        }
    }

    @Test
    void theRoomToPlaceItIsGivenBack() throws IOException {
        int count = 64;
        List<Mapping> mappings = new ArrayList<>();
        try (Descriptor file = Descriptor.createMemory("test", HUGE)) {
            long before = addressSpace();
            for (int i = 0; i < count; i++) {
                mappings.add(Mapping.mapMirrored(file, 0, HUGE));
            }
            long each = (addressSpace() - before) / count;
            assertTrue(each < 2 * HUGE + HUGE / 2, each + " bytes each");
        } finally {
            mappings.forEach(Mapping::close);
        }
    }

    private static long addressSpace() throws IOException {
        String size =
                Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith("VmSize:"))
                        .findFirst()
                        .orElseThrow();
        return 1024 * Long.parseLong(size.replaceAll("\\D", ""));
    }
}
