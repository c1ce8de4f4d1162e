package io.sluice.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code sluice}: looks at pipes and nodes, sends, receives, calls, and checks the machine. */
@Command(
        name = "sluice",
        mixinStandardHelpOptions = true,
        versionProvider = SluiceCommand.CommandVersion.class,
        description = {
            "Looks at pipes and nodes, sends, receives, calls, and checks the machine. What only"
                    + " looks (ls stat top tail peek hz nodes) reads: no end of a pipe notices it."
        },
        footer = {
            "",
            "To begin: sluice doctor",
            "Completion of the shell: source <(sluice generate-completion)"
        })
public final class SluiceCommand {
    private static final Map<String, Supplier<BaseCommand>> SUBCOMMANDS = new LinkedHashMap<>();

    static {
        SUBCOMMANDS.put("ls", ListPipesCommand::new);
        SUBCOMMANDS.put("stat", StatCommand::new);
        SUBCOMMANDS.put("top", TopCommand::new);
        SUBCOMMANDS.put("cat", CatCommand::new);
        SUBCOMMANDS.put("put", PutCommand::new);
        SUBCOMMANDS.put("tail", TailCommand::new);
        SUBCOMMANDS.put("peek", PeekCommand::new);
        SUBCOMMANDS.put("hz", HzCommand::new);
        SUBCOMMANDS.put("nodes", NodesCommand::new);
        SUBCOMMANDS.put("call", CallCommand::new);
        SUBCOMMANDS.put("create", CreateCommand::new);
        SUBCOMMANDS.put("rm", RemoveCommand::new);
        SUBCOMMANDS.put("doctor", CheckMachineCommand::new);
        SUBCOMMANDS.put("bridge", BridgeCommand::new);
        SUBCOMMANDS.put("warm-up", WarmUpCommand::new);
    }

    private final Streams streams;

    private SluiceCommand(Streams streams) {
        this.streams = streams;
    }

    /**
     * Runs a subcommand and ends the process with its exit status.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        System.exit(run(Streams.ofProcess(), arguments));
    }

    /**
     * Runs a subcommand.
     *
     * @return its exit status
     */
    static int run(Streams streams, String... arguments) {
        CommandLine line = commandLine(streams, arguments);
        int status = line.execute(arguments);
        line.getOut().flush();
        line.getErr().flush();
        return status;
    }

    /**
     * Returns the command with the subcommand that the first argument names, or with all of them:
     * each costs time at the start.
     */
    static CommandLine commandLine(Streams streams, String... arguments) {
        CommandLine line = new CommandLine(new SluiceCommand(streams));
        String first = arguments.length == 0 ? "" : arguments[0];
        if (SUBCOMMANDS.containsKey(first)) {
            line.addSubcommand(first, SUBCOMMANDS.get(first).get());
        } else if (!first.equals("--version") && !first.equals("-V")) {
            SUBCOMMANDS.forEach((name, subcommand) -> line.addSubcommand(name, subcommand.get()));
            line.addSubcommand(new GenerateCompletion());
            line.addSubcommand(new HelpCommand());
        }
        line.setOut(writer(new PrintStream(streams.out(), false, StandardCharsets.UTF_8)));
        line.setErr(writer(streams.err()));
        line.setColorScheme(
                Help.defaultColorScheme(
                        streams.terminal().hasColors() ? Help.Ansi.ON : Help.Ansi.OFF));
        CommandLine bridge = line.getSubcommands().get("bridge");
        if (bridge != null) {
            bridge.setStopAtPositional(true); // The options behind belong to the other program.
        }
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler(
                (thrown, command, parsed) -> failed(thrown, command, streams));
        line.setParameterExceptionHandler(SluiceCommand::wrongArguments);
        everywhere(line, SluiceCommand::document);
        return line;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true);
    }

    private static void everywhere(CommandLine line, Consumer<CommandLine> task) {
        task.accept(line);
        line.getSubcommands().values().forEach(command -> everywhere(command, task));
    }

    private static void document(CommandLine line) {
        UsageMessageSpec usage = line.getCommandSpec().usageMessage();
        usage.exitCodeListHeading("%nExit status:%n");
        usage.exitCodeList(ExitStatus.table());
    }

    private static int failed(Exception thrown, CommandLine command, Streams streams)
            throws Exception {
        ExitStatus exit = ExitStatus.of(thrown);
        if (exit == null) {
            throw thrown;
        }
        String message = message(thrown);
        if (message != null) {
            report(command, streams, exit, message);
        }
        return exit.status();
    }

    private static String message(Exception thrown) {
        String message = thrown.getMessage();
        if (message == null) {
            return thrown instanceof Failure || thrown instanceof InterruptedException
                    ? null
                    : thrown.toString();
        }
        // The message of a FileSystemException is often only the path.
        boolean denied = thrown instanceof java.nio.file.AccessDeniedException;
        return denied && !message.contains(": ") ? message + ": permission denied" : message;
    }

    private static void report(
            CommandLine command, Streams streams, ExitStatus exit, String message) {
        boolean json = command.getCommand() instanceof BaseCommand base && base.writesJson();
        if (json) {
            Map<String, Object> error = new LinkedHashMap<>();
            error.put("status", exit.status());
            error.put("cause", exit.name());
            error.put("message", message);
            streams.err().println(Json.compact(Map.of("error", error)));
        } else {
            streams.err().println("sluice: " + message);
        }
    }

    private static int wrongArguments(ParameterException exception, String[] arguments) {
        CommandLine command = exception.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("sluice: " + exception.getMessage());
        UnmatchedArgumentException.printSuggestions(exception, err);
        err.println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitStatus.USAGE.status();
    }

    Streams streams() {
        return streams;
    }

    /** The version in the jar's manifest. */
    static final class CommandVersion implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = SluiceCommand.class.getPackage().getImplementationVersion();
            return new String[] {"sluice " + (version == null ? "development" : version)};
        }
    }
}
