package io.sluice.compare.rig;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/** The entries of the class path, and the jars that the manifests of those name. */
final class ClassPath {
    private ClassPath() {}

    /**
     * Returns those of this process, each once: those of a manifest only if they are there.
     *
     * @throws UncheckedIOException if a jar cannot be read
     */
    static List<Path> entries() {
        return entries(System.getProperty("java.class.path"));
    }

    static List<Path> entries(String classPath) {
        Set<Path> entries = new LinkedHashSet<>();
        for (String entry : classPath.split(File.pathSeparator)) {
            entries.add(Path.of(entry));
        }
        for (Path entry : List.copyOf(entries)) {
            for (String named : named(entry)) {
                Path other = entry.resolveSibling(named);
                if (Files.exists(other)) {
                    entries.add(other);
                }
            }
        }
        return List.copyOf(entries);
    }

    private static List<String> named(Path entry) {
        if (!Files.isRegularFile(entry)) {
            return List.of();
        }
        try (JarFile jar = new JarFile(entry.toFile())) {
            Manifest manifest = jar.getManifest();
            String names =
                    manifest == null
                            ? null
                            : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
            return names == null ? List.of() : List.of(names.strip().split(" +"));
        } catch (IOException e) {
            throw new UncheckedIOException(entry.toString(), e);
        }
    }
}
