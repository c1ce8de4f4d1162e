package io.sluice.compare.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Where something is to be written. */
final class Output {
    private Output() {}

    /** Better before the work than after it. */
    static void check(CommandSpec spec, Path file) {
        Path directory = file.toAbsolutePath().getParent();
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw new ParameterException(
                    spec.commandLine(),
                    directory + " is not a directory that can be written to: choose another -o");
        }
    }
}
