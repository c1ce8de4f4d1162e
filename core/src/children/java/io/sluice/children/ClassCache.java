package io.sluice.children;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * What the child JVMs of tests load, loaded and linked in advance: an AOT cache of the JDK, which
 * halves the CPU time of a start. It is made by a run of a program that uses what they use, and
 * kept in the directory {@code target} until a class changes. Such a cache is of jars only, so the
 * directories of the class path are packed.
 *
 * <p>With other flags than those it was made with, a start only takes longer.
 */
public final class ClassCache {
    /** The flags of a JVM that runs for about a second, in which C2 would not pay. */
    public static final List<String> BRIEF =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:CompileThresholdScaling=10");

    private static final long DEADLINE_SECONDS = 60;

    /** What is wrong with a cache is no output of a child. */
    private static final String SILENT = "-Xlog:disable";

    private final Path directory;
    private final Path cache;
    private final Path done; // Contains how it was made.
    private final String classPath;

    private ClassCache(Path directory) {
        this.directory = directory;
        cache = directory.resolve("classes.aot");
        done = directory.resolve("made-by.txt");
        List<String> entries = new ArrayList<>();
        for (Path entry : entries()) {
            entries.add((Files.isDirectory(entry) ? jar(entries.size()) : entry).toString());
        }
        classPath = String.join(File.pathSeparator, entries);
    }

    /**
     * Makes one, unless there is one.
     *
     * @param flags the flags of the JVMs, in which those for the size of the heap may differ later
     * @param main a program that uses what they use, and exits; its argument is an empty directory
     */
    public static ClassCache make(List<String> flags, Class<?> main) {
        return made("class-cache", cache -> cache.command(flags, main));
    }

    /** Packs the directories of this JVM's class path, and returns it. */
    public static String pack() {
        return made("class-path", cache -> List.of()).classPath;
    }

    /** Packs the class path, and runs a command if there is one, unless it was done before. */
    private static ClassCache made(String name, Function<ClassCache, List<String>> how) {
        try {
            Path directory = Files.createDirectories(target().resolve(name));
            ClassCache made = new ClassCache(directory);
            List<String> command = how.apply(made);
            try (FileChannel file = lockFile(directory)) {
                file.lock();
                if (made.isOutdated(command.toString())) {
                    made.packAll();
                    if (!command.isEmpty()) {
                        made.run(command);
                    }
                    Files.writeString(made.done, command.toString());
                }
            }
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the flags that a JVM needs to use it. */
    public List<String> flags() {
        return List.of("-XX:AOTCache=" + cache, SILENT);
    }

    /** Returns the class path of a JVM that uses it; more can be added at its end. */
    public String classPath() {
        return classPath;
    }

    private static Path target() {
        return Path.of(System.getProperty("basedir", ""), "target").toAbsolutePath();
    }

    private static FileChannel lockFile(Path directory) throws IOException {
        // Its lock ends when it is closed.
        return FileChannel.open(
                directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** Tests whether a class has changed, or it was made in another way. */
    private boolean isOutdated(String way) throws IOException {
        if (Files.exists(done)
                && Files.readString(done).equals(way)
                && lastChange() <= Files.getLastModifiedTime(done).toMillis()) {
            return false;
        }
        Files.deleteIfExists(done);
        return true;
    }

    private static List<Path> entries() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(Files::exists)
                .toList();
    }

    private Path jar(int entry) {
        return directory.resolve("classes-" + entry + ".jar");
    }

    /** Returns when a class or a jar was last compiled, packed or deleted, in ms. */
    private static long lastChange() throws IOException {
        long last = 0;
        for (Path entry : entries()) {
            try (Stream<Path> all = Files.walk(entry)) {
                for (Path each : all.toList()) {
                    last = Math.max(last, Files.getLastModifiedTime(each).toMillis());
                }
            }
        }
        return last;
    }

    private List<String> command(List<String> flags, Class<?> main) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(flags);
        command.addAll(List.of("-XX:AOTCacheOutput=" + cache, "-cp", classPath, main.getName()));
        command.add(directory.resolve("used").toString());
        return command;
    }

    private void packAll() throws IOException {
        List<Path> entries = entries();
        for (int i = 0; i < entries.size(); i++) {
            if (Files.isDirectory(entries.get(i))) {
                pack(entries.get(i), jar(i));
            }
        }
    }

    private void run(List<String> command) throws IOException, InterruptedException {
        Path used = directory.resolve("used");
        delete(used);
        Files.createDirectory(used);
        Path log = directory.resolve("log.txt");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("it goes on: " + command);
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        if (process.exitValue() != 0 || !Files.exists(cache)) {
            throw new AssertionError(command + " made none:\n" + Files.readString(log));
        }
        delete(used);
    }

    private static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }

    private static void pack(Path classes, Path jar) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(classes)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            zip.setMethod(ZipOutputStream.STORED);
            for (Path each : files) {
                byte[] bytes = Files.readAllBytes(each);
                CRC32 sum = new CRC32();
                sum.update(bytes);
                ZipEntry entry = new ZipEntry(classes.relativize(each).toString());
                entry.setSize(bytes.length);
                entry.setCrc(sum.getValue());
                zip.putNextEntry(entry);
                zip.write(bytes);
                zip.closeEntry();
            }
        }
    }
}
