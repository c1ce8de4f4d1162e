package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.user.OneMessageProgram;
import io.sluice.user.PipeKindsProgram;
import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An application that used pipes can be unloaded: nothing keeps its class loader. */
@Timeout(60)
class UnloadingTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    @TempDir Path directory;

    private static URLClassLoader loader() throws IOException {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    /** Loads Sluice in a class loader of its own, and passes messages through pipes there. */
    private static WeakReference<ClassLoader> use(Class<?> user, Path path) throws Exception {
        try (URLClassLoader loader = loader()) {
            Class<?> other = loader.loadClass(user.getName());
            assertNotSame(user, other);
            other.getMethod("main", String[].class)
                    .invoke(null, (Object) new String[] {path.toString()});
            return new WeakReference<>(loader);
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {OneMessageProgram.class, PipeKindsProgram.class})
    void itsClassLoaderIsCollected(Class<?> user) throws Exception {
        WeakReference<ClassLoader> loader = use(user, directory.resolve("pipe"));
        long start = System.nanoTime();
        while (!loader.refersTo(null)) {
            assertTrue(System.nanoTime() - start < DEADLINE.toNanos(), "it is kept");
            System.gc();
            LockSupport.parkNanos(10_000_000);
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(user == OneMessageProgram.class ? 1 : 0, files.count());
        }
    }
}
