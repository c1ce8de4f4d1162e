package io.sluice.aeron;

import io.aeron.exceptions.RegistrationException;
import io.sluice.BrokenChannelException;
import io.sluice.Delivery;
import io.sluice.Pipe;
import io.sluice.PipeSpec;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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
        description = "Continues a pipe, or the names of nodes, on another machine, over Aeron.",
        mixinStandardHelpOptions = true,
        versionProvider = BridgeProgram.JarVersion.class,
        subcommands = {BridgeProgram.Out.class, BridgeProgram.In.class, BridgeProgram.Nodes.class},
        synopsisSubcommandLabel = "out|in|nodes",
        footer = {
            "",
            "Both halves of a pipe get the same MESSAGES and CONFIRMATIONS. Where the pipe begins (host a):",
            "  sluice-bridge out /dev/shm/orders b:40123 a:40124",
            "and where it goes on (host b):",
            "  sluice-bridge in /dev/shm/orders b:40123 a:40124 --create",
            "With --archive a:40125, of both, the pipe on a does not wait for b: what is sent is recorded.",
            "Names are joined by one bridge on each machine, here on a, and on b the other way round:",
            "  sluice-bridge nodes /dev/shm/trading a:40130 b:40130",
            "Any may be killed and started again: each message is delivered once.",
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
        if (e instanceof RegistrationException && message.contains("already in use")) {
            message += ": another program receives at that port: choose another port";
        }
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

    /** What runs until it ends, or is closed. */
    private interface Running {
        void run() throws Exception;

        void close();

        String counters();

        String state();
    }

    /** What all are given. */
    static final class Settings {
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

        private BridgeLink link(String first, String second, int stream) {
            BridgeLink link =
                    BridgeLink.of(channel(first), channel(second)).stream(stream)
                            .timeout(Duration.ofMillis(timeout));
            return directory == null ? link : link.mediaDriver(directory);
        }

        /** Returns what is refused as a fault of the command line. */
        private static <T> T checked(CommandSpec command, Supplier<T> links) {
            try {
                return links.get();
            } catch (IllegalArgumentException e) {
                throw new CommandLine.ParameterException(command.commandLine(), e.getMessage(), e);
            }
        }

        private static String channel(String text) {
            return text.startsWith("aeron") ? text : "aeron:udp?endpoint=" + text;
        }

        private int run(CommandSpec command, Running bridge) throws Exception {
            Thread main = Thread.currentThread();
            Thread stop =
                    new Thread(
                            () -> {
                                bridge.close();
                                try { // What is in hand then stays where it was.
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
                    command.commandLine().getOut().println(bridge.counters());
                    command.commandLine().getOut().flush();
                }
            }
            return 0;
        }

        private void printProgress(Running bridge, PrintWriter err) {
            try {
                while (every > 0) {
                    TimeUnit.SECONDS.sleep(every);
                    err.println(bridge.counters() + "; " + bridge.state());
                    err.flush();
                }
            } catch (InterruptedException e) {
                // It has ended.
            }
        }
    }

    /** What both halves of a pipe's bridge are given. */
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
                names = "--archive",
                paramLabel = "REQUESTS",
                description =
                        "where the archive takes requests, HOST:PORT on the machine of the sending"
                                + " half: what is sent is recorded there, so its pipe does not"
                                + " wait for the receiving half")
        private String archive;

        private BridgeLink link(Settings settings) {
            BridgeLink link = settings.link(messages, confirmations, stream).delivery(delivery);
            return archive == null ? link : link.archive(Settings.channel(archive));
        }
    }

    /** A half of a pipe's bridge. */
    private record Half(PipeBridge bridge) implements Running {
        @Override
        public void run() throws Exception {
            bridge.run();
        }

        @Override
        public void close() {
            bridge.close();
        }

        @Override
        public String counters() {
            BridgeStatistics s = bridge.statistics();
            return "messages=%d bytes=%d repeated=%d lost=%d connections=%d"
                    .formatted(s.messages(), s.bytes(), s.repeated(), s.lost(), s.connections());
        }

        @Override
        public String state() {
            return bridge.state();
        }
    }

    /** A bridge of nodes. */
    private record Names(NodeBridge bridge) implements Running {
        @Override
        public void run() throws Exception {
            bridge.run();
        }

        @Override
        public void close() {
            bridge.close();
        }

        @Override
        public String counters() {
            NodeBridgeStatistics s = bridge.statistics();
            return "names=%d passed-on=%d delivered=%d repeated=%d refused=%d unknown-calls=%d connections=%d"
                    .formatted(
                            s.nodes(),
                            s.passedOn(),
                            s.delivered(),
                            s.repeated(),
                            s.refused(),
                            s.unknownCalls(),
                            s.connections());
        }

        @Override
        public String state() {
            return bridge.state();
        }
    }

    @Command(
            name = "out",
            description = "Passes the messages of a pipe of this machine on.",
            mixinStandardHelpOptions = true)
    static final class Out implements Callable<Integer> {
        private static final Duration CREATION = Duration.ofMinutes(1);

        @Mixin private Arguments arguments;
        @Mixin private Settings settings;
        @Spec private CommandSpec command;

        @Option(
                names = "--recordings",
                paramLabel = "DIRECTORY",
                description =
                        "the directory of an embedded archive, of this bridge only; by default"
                                + " beside the pipe")
        private Path recordings;

        @Override
        public Integer call() throws Exception {
            BridgeLink link = Settings.checked(command, this::link);
            if (Files.notExists(arguments.pipe)) {
                PrintWriter err = command.commandLine().getErr();
                err.printf("sluice-bridge: waits a minute until there is %s%n", arguments.pipe);
                err.flush();
            }
            Pipe pipe = Pipe.open(arguments.pipe, CREATION);
            return settings.run(command, new Half(PipeBridge.out(pipe, link)));
        }

        private BridgeLink link() {
            if (recordings != null && arguments.archive == null) {
                throw new IllegalArgumentException("--recordings without --archive: give both");
            }
            BridgeLink link = arguments.link(settings);
            return recordings == null ? link : link.recordings(recordings);
        }
    }

    @Command(
            name = "in",
            description = "Puts the messages into a pipe of this machine.",
            mixinStandardHelpOptions = true)
    static final class In implements Callable<Integer> {
        @Mixin private Arguments arguments;
        @Mixin private Settings settings;
        @Spec private CommandSpec command;

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
            BridgeLink link = Settings.checked(command, () -> arguments.link(settings));
            if (capacity == null && Files.notExists(arguments.pipe)) {
                throw new NoSuchFileException(
                        arguments.pipe + ": there is no pipe: --create makes it");
            }
            Pipe pipe =
                    capacity == null
                            ? Pipe.open(arguments.pipe)
                            : Pipe.openOrCreate(
                                    arguments.pipe,
                                    PipeSpec.bounded(capacity)
                                            .senders(1)
                                            .retainWithoutReceivers(true));
            return settings.run(command, new Half(PipeBridge.in(link, pipe)));
        }
    }

    @Command(
            name = "nodes",
            description = "Makes the names of nodes known on another machine, and theirs here.",
            mixinStandardHelpOptions = true)
    static final class Nodes implements Callable<Integer> {
        @Mixin private Settings settings;
        @Spec private CommandSpec command;

        @Parameters(
                index = "0",
                paramLabel = "DIRECTORY",
                description = "the directory of the names; created if it is not there")
        private Path nodes;

        @Parameters(
                index = "1..*",
                arity = "2..*",
                paramLabel = "HERE THERE...",
                hideParamSyntax = true,
                description =
                        "where this bridge listens, and where that of the other machine does:"
                                + " HOST:PORT, or a channel; two more for each further machine")
        private List<String> channels;

        @Option(
                names = "--stream",
                defaultValue = "1001",
                description = "the stream, the same on both machines (${DEFAULT-VALUE})")
        private int stream;

        @Override
        public Integer call() throws Exception {
            BridgeLink[] links = Settings.checked(command, this::links);
            return settings.run(command, new Names(NodeBridge.of(nodes, links)));
        }

        private BridgeLink[] links() {
            if (channels.size() % 2 != 0) {
                throw new IllegalArgumentException("HERE and THERE come in pairs: " + channels);
            }
            BridgeLink[] links = new BridgeLink[channels.size() / 2];
            for (int i = 0; i < links.length; i++) {
                links[i] = settings.link(channels.get(2 * i + 1), channels.get(2 * i), stream);
            }
            return links;
        }
    }
}
