package io.sluice.compare.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.Pipe;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("alone")
class HugePagesTest {
    @Test
    @SuppressWarnings("try") // The ring is mapped while it has a sender.
    void aMemoryFileInHugePagesIsCountedAsSharedMemory() throws IOException {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(1 << 24));
                PipeSender sender = pipe.sender()) {
            assertEquals(0, HugePages.mapped().shared());
            long own = HugePages.mapped().own();
            assumeTrue(collapsed(), "this kernel puts no memory file into huge pages");
            HugePages.Mapped mapped = HugePages.mapped();
            assertEquals(0, mapped.shared() % HugePages.SIZE);
            assertTrue(mapped.shared() >= 1 << 23, mapped.toString());
            assertEquals(own, mapped.own());
        }
        assertEquals(0, HugePages.mapped().shared());
    }

    private static boolean collapsed() {
        try {
            HugePages.useForMemoryFiles();
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
