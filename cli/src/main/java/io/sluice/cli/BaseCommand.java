package io.sluice.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** What all subcommands have in common. */
@Command(mixinStandardHelpOptions = true, versionProvider = SluiceCommand.CommandVersion.class)
abstract class BaseCommand implements Callable<Integer> {
    @ParentCommand private SluiceCommand main;

    @Option(names = "--json", description = "Writes JSON; errors, too.")
    private boolean json;

    private Output output;

    final boolean writesJson() {
        return json;
    }

    final Streams streams() {
        return main.streams();
    }

    final Output output() {
        if (output == null) {
            output = new Output(streams().out());
        }
        return output;
    }

    /** Prints a remark for people, which is no output. */
    final void remark(String text) {
        streams().err().println("sluice: " + text);
    }

    /** Returns text with picocli's markup as the terminal shows it. */
    final String styled(String markup) {
        return (streams().terminal().hasColors() ? Ansi.ON : Ansi.OFF).string(markup);
    }

    /** Does the work. */
    abstract ExitStatus run() throws Exception;

    @Override
    public final Integer call() throws Exception {
        try {
            return run().status();
        } finally {
            // Also what was found before a failure. The failure of an output leaves nothing.
            if (output != null) {
                output.flush();
            }
        }
    }
}
