package io.sluice.aeron;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/** Cuts files off that are mapped, as a hostile or faulty program does. */
final class CutFile {
    private CutFile() {}

    static void lanesOf(Path inbox) throws IOException {
        try (Stream<Path> files = Files.list(inbox)) {
            for (Path lane : files.filter(f -> f.toString().contains("lane-")).toList()) {
                at(lane);
            }
        }
    }

    static void at(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            file.truncate(0);
        }
    }
}
