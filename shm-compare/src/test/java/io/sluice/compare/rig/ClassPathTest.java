package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassPathTest {
    @TempDir Path directory;

    private Path jar(String name, String classPath) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
        Path path = directory.resolve(name);
        try (OutputStream out = Files.newOutputStream(path)) {
            new JarOutputStream(out, manifest).close();
        }
        return path;
    }

    @Test
    void aJarThatAManifestNamesIsAnEntryIfItIsThere() throws Exception {
        Path main = jar("main.jar", "peers.jar missing.jar");
        String both = main + File.pathSeparator + directory;
        assertEquals(List.of(main, directory), ClassPath.entries(both));
        Path peers = jar("peers.jar", "main.jar");
        assertEquals(List.of(main, directory, peers), ClassPath.entries(both));
    }
}
