package io.sluice.aeron;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** Makes the directories of tests in memory, where pipes and media drivers belong. */
final class SharedMemory implements TempDirFactory {
    private static final Path SHM = Path.of("/dev/shm");

    @Override
    public Path createTempDirectory(
            AnnotatedElementContext elementContext, ExtensionContext extensionContext)
            throws Exception {
        return Files.isWritable(SHM)
                ? Files.createTempDirectory(SHM, "sluice-aeron-test-")
                : Files.createTempDirectory("sluice-aeron-test-");
    }
}
