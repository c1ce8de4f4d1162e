package io.sluice.compare.cli;

import io.sluice.compare.result.Audit;
import io.sluice.compare.rig.Auditor;
import io.sluice.compare.transport.Transport;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code audit}: system calls as an outside observer counts them. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = {
            "Counts system calls a message under strace, in a run that is not timed.",
            "What starting a virtual machine calls is subtracted."
        },
        footer = {"", "Example: shm-compare audit --mechanisms pipe,sluice"})
final class AuditCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private CpuOption cpuOption;

    @Option(
            names = "--mechanisms",
            split = ",",
            defaultValue = "pipe",
            description = "Which, separated by commas. Default: ${DEFAULT-VALUE}.")
    private List<String> mechanisms;

    @Option(
            names = "--messages",
            defaultValue = "10000",
            description = "Round trips to watch at the least. Default: ${DEFAULT-VALUE}.")
    private long messages;

    @Override
    public Integer call() throws IOException {
        if (messages < 100 || messages > 10_000_000) {
            throw new ParameterException(
                    spec.commandLine(), "--messages " + messages + " is not in 100..10000000");
        }
        List<Transport> transports = NamedMechanisms.of(spec.commandLine(), mechanisms);
        Auditor auditor =
                Auditor.of(cpuOption.pair())
                        .orElseThrow(
                                () ->
                                        new IOException(
                                                "strace is not in PATH: install it, 'apt-get install"
                                                        + " strace' for instance"));
        for (Transport transport : transports) {
            if (transport.unavailable().isPresent()) {
                System.out.println(
                        transport.id() + " is not available: " + transport.unavailable().get());
            } else {
                print(auditor.count(transport, messages));
            }
        }
        return Exit.OK;
    }

    private static void print(Audit audit) {
        String calls =
                audit.perMessage().entrySet().stream()
                        .map(
                                call ->
                                        String.format(
                                                Locale.ROOT,
                                                "%s %.2f",
                                                call.getKey(),
                                                call.getValue()))
                        .collect(Collectors.joining(", "));
        System.out.printf(
                Locale.ROOT,
                "%-24s %d messages, calls a message: %s%n",
                audit.mechanism() + "/" + audit.waiting(),
                audit.messages(),
                calls.isEmpty() ? "0.00" : calls);
    }
}
