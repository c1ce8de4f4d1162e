package io.sluice.aeron;

import io.sluice.BrokenChannelException;
import io.sluice.Delivery;
import io.sluice.Pipe;
import io.sluice.PipeSpec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The bridge as a program: one process on each machine, with progress and counters. */
@Command(
        name = "sluice-bridge",
        description = "Continues a pipe on another machine, over Aeron.",
        mixinStandardHelpOptions = true,
        versionProvider = BridgeProgram.JarVersion.class,
        subcommands = {BridgeProgram.Out.class, BridgeProgram.In.class},
        synopsisSubcommandLabel = "out|in",
        footer = {
            "",
            "Both halves get the same MESSAGES and CONFIRMATIONS. Where the pipe begins (host a):",
            "  sluice-bridge out /dev/shm/orders b:40123 a:40124",
            "and where it goes on (host b):",
            "  sluice-bridge in /dev/shm/orders b:40123 a:40124 --create",
            "Either may be killed and started again: each message is delivered once.",
            "Exit status: 0 after the end of the stream, 1 error, 2 usage, 3 broken pipe."
        })
public final class BridgeProgram {
    private static final int BROKEN = 3;
    private static final long SHUTDOWN_MILLIS = 2_000;

    private BridgeProgram() {}

    /**
     * Runs the program.
     *
     * @param args the arguments; --help prints what they are
     */
    public static void main(String[] args) {
        System.exit(execute(args));
    }

    static int execute(String... args) {
        return new CommandLine(new BridgeProgram())
                .setExecutionExceptionHandler(BridgeProgram::failed)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args);
    }

    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        command.getErr().println("sluice-bridge: " + message);
        return e instanceof BrokenChannelException ? BROKEN : 1;
    }

    /** The version of the jar. */
    static final class JarVersion implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = BridgeProgram.class.getPackage().getImplementationVersion();
            return new String[] {"sluice-bridge " + (version == null ? "(not a jar)" : version)};
        }
    }

    /** What both halves are given. */
    static final class Arguments {
        @Parameters(index = "0", paramLabel = "PIPE", description = "the path of the pipe")
        private Path pipe;

        @Parameters(
                index = "1",
                paramLabel = "MESSAGES",
                description =
                        "where the receiving half listens: HOST:PORT, or a channel, such as aeron:ipc")
        private String messages;

        @Parameters(
                index = "2",
                paramLabel = "CONFIRMATIONS",
                description = "where the sending half listens: HOST:PORT, or a channel")
        private String confirmations;

        @Option(
                names = "--stream",
                defaultValue = "1001",
                description = "the stream; confirmations take the next one (${DEFAULT-VALUE})")
        private int stream;

        @Option(
                names = "--delivery",
                defaultValue = "AT_LEAST_ONCE",
                description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
        private Delivery delivery;

        @Option(
                names = "--dir",
                description =
                        "the directory of an external media driver; without it this process has one")
        private Path directory;

        @Option(
                names = "--timeout",
                paramLabel = "MILLIS",
                defaultValue = "5000",
                description = "after which a silent peer counts as lost (${DEFAULT-VALUE})")
        private long timeout;

        @Option(
                names = "--every",
                paramLabel = "SECONDS",
                defaultValue = "1",
                description = "prints the progress that often; 0: never (${DEFAULT-VALUE})")
        private int every;

        @Spec(Spec.Target.MIXEE)
        private CommandSpec command;

        private BridgeLink link() {
            BridgeLink link =
                    BridgeLink.of(channel(messages), channel(confirmations)).stream(stream)
                            .delivery(delivery)
                            .timeout(Duration.ofMillis(timeout));
            return directory == null ? link : link.mediaDriver(directory);
        }

        private static String channel(String text) {
            return text.startsWith("aeron") ? text : "aeron:udp?endpoint=" + text;
        }

        private int run(PipeBridge bridge) throws Exception {
            Thread main = Thread.currentThread();
            Thread stop =
                    new Thread(
                            () -> {
                                bridge.close();
                                try { // What is in hand then stays in the pipe.
                                    main.join(SHUTDOWN_MILLIS);
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                }
                            });
            Runtime.getRuntime().addShutdownHook(stop);
            PrintWriter err = command.commandLine().getErr();
            Thread progress = Thread.ofPlatform().daemon().start(() -> printProgress(bridge, err));
            try {
                bridge.run();
            } finally {
                progress.interrupt();
                progress.join();
                if (!Thread.currentThread().isInterrupted()) {
                    command.commandLine().getOut().println(counters(bridge.statistics()));
                    command.commandLine().getOut().flush();
                }
            }
            return 0;
        }

        private void printProgress(PipeBridge bridge, PrintWriter err) {
            try {
                while (every > 0) {
                    TimeUnit.SECONDS.sleep(every);
                    err.println(counters(bridge.statistics()) + "; " + bridge.state());
                    err.flush();
                }
            } catch (InterruptedException e) {
                // The half has ended.
            }
        }

        private static String counters(BridgeStatistics s) {
            return "messages=%d bytes=%d repeated=%d lost=%d connections=%d"
                    .formatted(s.messages(), s.bytes(), s.repeated(), s.lost(), s.connections());
        }
    }

    @Command(
            name = "out",
            description = "Passes the messages of a pipe of this machine on.",
            mixinStandardHelpOptions = true)
    static final class Out implements Callable<Integer> {
        private static final Duration CREATION = Duration.ofMinutes(1);

        @Mixin private Arguments arguments;

        @Override
        public Integer call() throws Exception {
            Pipe pipe = Pipe.open(arguments.pipe, CREATION); // Waits until it has been created.
            return arguments.run(PipeBridge.out(pipe, arguments.link()));
        }
    }

    @Command(
            name = "in",
            description = "Puts the messages into a pipe of this machine.",
            mixinStandardHelpOptions = true)
    static final class In implements Callable<Integer> {
        @Mixin private Arguments arguments;

        @Option(
                names = "--create",
                arity = "0..1",
                paramLabel = "BYTES",
                fallbackValue = "65536",
                description =
                        "creates the pipe if it is not there, with this capacity (${FALLBACK-VALUE}):"
                                + " for one sender and one receiver, and it keeps messages while"
                                + " there is no receiver")
        private Integer capacity;

        @Override
        public Integer call() throws Exception {
            Pipe pipe =
                    capacity == null
                            ? Pipe.open(arguments.pipe)
                            : Pipe.openOrCreate(
                                    arguments.pipe,
                                    PipeSpec.bounded(capacity)
                                            .senders(1)
                                            .retainWithoutReceivers(true));
            return arguments.run(PipeBridge.in(arguments.link(), pipe));
        }
    }
}
