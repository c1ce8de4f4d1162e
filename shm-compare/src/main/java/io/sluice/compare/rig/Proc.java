package io.sluice.compare.rig;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalLong;

/** Reads the kernel's files under /proc and /sys. */
final class Proc {
    private Proc() {}

    /** Returns a file's text without white space around it; empty if it cannot be read. */
    static String read(Path file) {
        // A sysctl returns its whole text to the first read, and nothing to a second; other files
        // return a page at a time.
        try (InputStream in = new FileInputStream(file.toFile())) {
            return new String(in.readNBytes(1 << 16), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "";
        }
    }

    static String read(String file) {
        return read(Path.of(file));
    }

    /** Returns the rest of the first line that begins so; empty if there is none. */
    static String line(String text, String beginning) {
        return text.lines()
                .map(String::strip)
                .filter(line -> line.startsWith(beginning))
                .findFirst()
                .map(line -> line.substring(beginning.length()).strip())
                .orElse("");
    }

    /** Returns one of the numbers of a line, counted from 0. */
    static OptionalLong number(String line, int index) {
        String[] parts = line.strip().split("[\\s:]+");
        return index < parts.length && parts[index].matches("-?[0-9]{1,18}")
                ? OptionalLong.of(Long.parseLong(parts[index]))
                : OptionalLong.empty();
    }

    /** Returns the sum of the numbers with which a line begins. */
    static long sum(String line) {
        return Arrays.stream(line.strip().split("\\s+"))
                .takeWhile(part -> part.matches("[0-9]+"))
                .mapToLong(Long::parseLong)
                .sum();
    }
}
