package io.sluice.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * What the checks of {@code doctor} ask.
 *
 * @param root the root of the file system, in which {@code proc} and {@code sys} are read
 * @param system the system and its architecture, as the JDK names them
 * @param cpus the number of CPUs of this process
 * @param nativeAccess whether native access is enabled
 * @param futexWaitv returns the error of futex_waitv(2)
 * @param membarrier returns the error of membarrier(2)
 */
record MachineFacts(
        Path root,
        String system,
        int cpus,
        boolean nativeAccess,
        IntSupplier futexWaitv,
        IntSupplier membarrier) {
    private static final int MAX_LENGTH = 1 << 14;

    static MachineFacts here() {
        return new MachineFacts(
                Path.of("/"),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                MachineFacts.class.getModule().isNativeAccessEnabled(),
                Kernel::futexWaitv,
                Kernel::membarrier);
    }

    /** Returns the content of a file without the last line's end; empty if it cannot be read. */
    String read(String file) {
        // In one read: some files of /proc have only one, and none has a length.
        try (InputStream in = Files.newInputStream(root.resolve(file))) {
            return new String(in.readNBytes(MAX_LENGTH), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** Returns the rest of the line that begins with a key. */
    Optional<String> line(String file, String key) {
        return read(file)
                .lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).strip())
                .findFirst();
    }

    /** Returns a number in a file; empty if there is none, as in {@code max}. */
    Optional<Long> number(String file) {
        String text = read(file);
        return text.matches("\\d{1,18}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
    }

    /** Returns the target of a symbolic link; empty if it cannot be read. */
    String link(String file) {
        try {
            return Files.readSymbolicLink(root.resolve(file)).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
