package io.sluice.cli;

import io.sluice.ChannelException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Where a subcommand looks for pipes. */
final class PipePlaces {
    private static final Path DEFAULT = Path.of("/dev/shm");

    @Parameters(
            paramLabel = "PLACE",
            arity = "0..*",
            description = "Pipes, and directories with pipes. Default: /dev/shm")
    private List<Path> places = new ArrayList<>();

    @Option(
            names = {"-r", "--recursive"},
            description = "Looks into directories below, too.")
    private boolean recursive;

    /**
     * What was found at a path.
     *
     * @param report the pipe; null if it cannot be read
     * @param problem why it cannot be
     */
    record Found(PipeReport report, String problem) {}

    /** Reads a pipe; what is wrong with it is a result. */
    static Found look(Path path) {
        try {
            return new Found(PipeReport.of(path), null);
        } catch (IOException | ChannelException e) {
            String message = String.valueOf(e.getMessage());
            String prefix = path.toAbsolutePath() + ": ";
            return new Found(
                    null,
                    message.startsWith(prefix) ? message.substring(prefix.length()) : message);
        }
    }

    /** Returns the directories that look like pipes, in the order of the arguments. */
    List<Path> pipes() throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path place : places.isEmpty() ? List.of(DEFAULT) : places) {
            if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
                throw new NoSuchFileException(place.toString(), null, "there is no such file");
            }
            if (isPipe(place) || !Files.isDirectory(place)) {
                found.add(place);
            } else {
                search(place, found);
            }
        }
        return found;
    }

    private void search(Path directory, List<Path> found) throws IOException {
        TreeSet<Path> entries = new TreeSet<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            for (Path entry : stream) {
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)
                        && !entry.getFileName().toString().startsWith(".")) {
                    entries.add(entry);
                }
            }
        }
        for (Path entry : entries) {
            if (isPipe(entry)) {
                found.add(entry);
            } else if (recursive && Files.isReadable(entry)) {
                search(entry, found);
            }
        }
    }

    private static boolean isPipe(Path path) {
        return Files.exists(path.resolve("meta"), LinkOption.NOFOLLOW_LINKS)
                || path.toString().startsWith("/proc/");
    }
}
