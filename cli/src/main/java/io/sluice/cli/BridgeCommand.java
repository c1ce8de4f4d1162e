package io.sluice.cli;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code bridge}: names the program that does it, which needs Aeron. The script {@code sluice}
 * starts that program in place of this one, so that signals reach it.
 */
@Command(
        name = "bridge",
        description = {
            "Continues a pipe (out|in PIPE), or the names of nodes (nodes DIRECTORY), on another"
                    + " machine.",
            "A program of its own, sluice-bridge.jar, with its own help and exit statuses: the"
                    + " script sluice starts it from beside sluice.jar."
        })
final class BridgeCommand extends BaseCommand {
    private static final String JAR = "sluice-bridge.jar";

    @Parameters(paramLabel = "ARGUMENT", description = "What the program is given.")
    private List<String> arguments = List.of();

    @Override
    ExitStatus run() throws URISyntaxException {
        Path here =
                Path.of(
                                BridgeCommand.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toURI())
                        .getParent();
        throw new Failure(ExitStatus.USAGE, message(here, arguments));
    }

    static String message(Path here, List<String> arguments) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return Stream.of(here, here.resolve("../../aeron/target"))
                .map(place -> place.normalize().resolve(JAR))
                .filter(Files::exists)
                .findFirst()
                .map(
                        jar ->
                                "the bridge is a program of its own; run %s -jar %s %s"
                                        .formatted(java, jar, String.join(" ", arguments)))
                .orElse(
                        "there is no %s beside %s: build it with mvn package -DskipTests -pl aeron -am"
                                .formatted(JAR, here))
                .strip();
    }
}
