package io.sluice.compare.cli;

import io.sluice.compare.result.Sha256;
import io.sluice.compare.result.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;

/**
 * {@code shm-compare}: measures what the kernel costs per message, compared with sharing memory
 * directly.
 */
@Command(
        name = "shm-compare",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        resourceBundle = "io.sluice.compare.cli.help",
        subcommands = {
            RunCommand.class,
            ListCommand.class,
            DoctorCommand.class,
            FloorCommand.class,
            AuditCommand.class,
            ExplainCommand.class,
            ReportCommand.class,
            DiffCommand.class,
            MergeCommand.class,
            ValidateCommand.class,
            ExportCommand.class,
            HelpCommand.class
        })
public final class Main {
    private Main() {}

    /**
     * Runs a command and ends the process with its exit status.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /**
     * Runs a command.
     *
     * @param arguments the command line
     * @return its exit status
     */
    public static int run(String... arguments) {
        CommandLine line = new CommandLine(new Main());
        line.setExecutionExceptionHandler(
                (exception, command, parsed) -> {
                    if (exception instanceof WrongArgumentException wrong) {
                        return wrong.report(command);
                    }
                    if (exception instanceof IOException
                            || exception instanceof IllegalArgumentException
                            || exception instanceof UnsupportedOperationException) {
                        command.getErr().println("shm-compare: " + exception.getMessage());
                        return Exit.ERROR;
                    }
                    throw exception;
                });
        line.registerConverter(Duration.class, new TimeConverter());
        KnownValues.register(line);
        line.setParameterExceptionHandler(WrongArgumentException::report);
        return line.execute(arguments);
    }

    /** The version and the commit in the jar's manifest. */
    static final class Version implements IVersionProvider {
        static Tool of() {
            String version = Main.class.getPackage().getImplementationVersion();
            Attributes manifest = manifest();
            String dirty = written(manifest, "Sluice-Dirty");
            return new Tool(
                    Objects.requireNonNullElse(version, "development"),
                    Objects.requireNonNullElse(written(manifest, "Sluice-Commit"), "unknown"),
                    dirty == null ? null : Boolean.valueOf(dirty),
                    jarSha256());
        }

        private static Attributes manifest() {
            try (InputStream in = Main.class.getResourceAsStream("/META-INF/MANIFEST.MF")) {
                return in == null ? new Attributes() : new Manifest(in).getMainAttributes();
            } catch (IOException e) {
                return new Attributes();
            }
        }

        /** Returns the value that the build wrote there; null if there is none. */
        private static String written(Attributes manifest, String name) {
            String value = manifest.getValue(name);
            return value == null || value.startsWith("$") ? null : value;
        }

        /** Returns null if the classes do not come from a jar. */
        private static String jarSha256() {
            URL place = Main.class.getProtectionDomain().getCodeSource().getLocation();
            return Sha256.of(Path.of(URI.create(place.toString())));
        }

        @Override
        public String[] getVersion() {
            Tool tool = of();
            return new String[] {"shm-compare " + tool.version() + ", commit " + tool.commit()};
        }
    }
}
