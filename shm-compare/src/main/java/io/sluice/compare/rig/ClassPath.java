package io.sluice.compare.rig;

import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Sha256;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * The entries of the class path, the jars that the manifests of those name, and what is in them.
 */
final class ClassPath {
    private static final String LIBRARIES = "META-INF/shm-compare/libraries.properties";

    /** By the file: none changes while classes are loaded from it. */
    private static final Map<Path, Environment.Library> KNOWN = new ConcurrentHashMap<>();

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
        List<Path> entries = Stream.of(classPath.split(File.pathSeparator)).map(Path::of).toList();
        Stream<Path> others =
                entries.stream()
                        .flatMap(entry -> named(entry).stream().map(entry::resolveSibling))
                        .filter(Files::exists);
        return Stream.concat(entries.stream(), others).distinct().toList();
    }

    private static List<String> named(Path entry) {
        if (!Files.isRegularFile(entry)) {
            return List.of();
        }
        try (JarFile jar = new JarFile(entry.toFile())) {
            return Optional.ofNullable(jar.getManifest())
                    .map(found -> found.getMainAttributes().getValue(Attributes.Name.CLASS_PATH))
                    .map(names -> List.of(names.strip().split(" +")))
                    .orElse(List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(entry.toString(), e);
        }
    }

    /**
     * Returns the files of the class path, with their digests, and what was put into each of them.
     */
    static List<Environment.Library> libraries() {
        Properties built = new Properties();
        try {
            ClassLoader loader = ClassPath.class.getClassLoader();
            for (URL each : Collections.list(loader.getResources(LIBRARIES))) {
                try (InputStream in = each.openStream()) {
                    built.load(in);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Stream<Environment.Library> parts =
                new TreeSet<>(built.stringPropertyNames())
                        .stream().map(n -> new Environment.Library(n, built.getProperty(n), null));
        Stream<Environment.Library> files =
                entries().stream()
                        .filter(Files::isRegularFile)
                        .map(file -> KNOWN.computeIfAbsent(file, ClassPath::library));
        return Stream.concat(parts, files).toList();
    }

    private static Environment.Library library(Path file) {
        String name = file.getFileName().toString();
        String version = name.replaceFirst("^.*?-([0-9].*)\\.jar$", "$1");
        return new Environment.Library(
                name, version.equals(name) ? null : version, Sha256.of(file));
    }
}
