package io.sluice.compare.cli;

import io.sluice.compare.result.Sha256;
import io.sluice.compare.result.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.security.CodeSource;
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
        description = {
            "What does the kernel cost per message, in time and in CPU, against sharing memory"
                    + " directly? Measures it between real processes on this machine."
        },
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
        },
        footer = {
            "",
            "To begin: shm-compare run --suite lab -o results.json --html report.html",
            "Exit status: 0 done, 1 error, 2 wrong arguments, 3 done with invalid measurements,",
            "4 something became worse (diff), 5 the machine is refused (publish, doctor)."
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
                    if (exception instanceof IOException
                            || exception instanceof IllegalArgumentException
                            || exception instanceof UnsupportedOperationException) {
                        command.getErr().println("shm-compare: " + exception.getMessage());
                        return Exit.ERROR;
                    }
                    throw exception;
                });
        line.setParameterExceptionHandler(WrongArguments::report);
        return line.execute(arguments);
    }

    /** The version and the commit in the jar's manifest. */
    static final class Version implements IVersionProvider {
        static Tool of() {
            String version = Main.class.getPackage().getImplementationVersion();
            String commit = manifest("Sluice-Commit");
            String dirty = manifest("Sluice-Dirty");
            return new Tool(
                    version == null ? "development" : version,
                    commit == null ? "unknown" : commit,
                    dirty == null ? null : Boolean.valueOf(dirty),
                    jarSha256());
        }

        /** Returns the value that the build wrote there; null if there is none. */
        private static String manifest(String name) {
            try (InputStream in = Main.class.getResourceAsStream("/META-INF/MANIFEST.MF")) {
                String value =
                        in == null ? null : new Manifest(in).getMainAttributes().getValue(name);
                return value == null || value.startsWith("$") ? null : value;
            } catch (IOException e) {
                return null;
            }
        }

        /** Returns null if the classes do not come from a jar. */
        private static String jarSha256() {
            CodeSource source = Main.class.getProtectionDomain().getCodeSource();
            if (source == null || !source.getLocation().getPath().endsWith(".jar")) {
                return null;
            }
            return Sha256.of(Path.of(URI.create(source.getLocation().toString())));
        }

        @Override
        public String[] getVersion() {
            Tool tool = of();
            return new String[] {"shm-compare " + tool.version() + ", commit " + tool.commit()};
        }
    }
}
