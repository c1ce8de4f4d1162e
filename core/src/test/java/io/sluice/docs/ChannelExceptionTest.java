package io.sluice.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every exception that the API defines is a {@link ChannelException}, and that is unchecked. */
class ChannelExceptionTest {
    @Test
    void itIsTheBaseOfAllExceptionsOfTheApi() throws Exception {
        Path sources = MarkdownPage.module().resolve("src/main/java/io/sluice");
        List<String> names;
        try (Stream<Path> files = Files.list(sources)) {
            names =
                    files.map(f -> f.getFileName().toString())
                            .filter(n -> n.endsWith("Exception.java"))
                            .map(n -> n.replace(".java", ""))
                            .sorted()
                            .toList();
        }
        assertEquals(8, names.size(), names::toString);
        for (String name : names) {
            Class<?> type = Class.forName("io.sluice." + name);
            assertTrue(ChannelException.class.isAssignableFrom(type), name);
        }
        assertTrue(RuntimeException.class.isAssignableFrom(ChannelException.class));
    }
}
