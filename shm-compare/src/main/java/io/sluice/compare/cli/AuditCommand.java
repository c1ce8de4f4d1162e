package io.sluice.compare.cli;

import io.sluice.compare.result.Audit;
import io.sluice.compare.rig.Auditor;
import io.sluice.compare.transport.Transport;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code audit}: system calls as an outside observer counts them. */
@Command(name = "audit", mixinStandardHelpOptions = true)
final class AuditCommand implements Callable<Integer> {
    @Mixin private CpuOption cpuOption;

    @Option(
            names = "--mechanisms",
            split = ",",
            defaultValue = "pipe",
            converter = KnownValues.Mechanisms.class)
    private List<Transport> mechanisms;

    @Option(names = "--messages", defaultValue = "10000")
    private long messages;

    @Override
    public Integer call() throws IOException {
        if (messages < 100 || messages > 10_000_000) {
            throw new WrongArgumentException("--messages %s is not in 100..10000000", messages);
        }
        Optional<Auditor> auditor = Auditor.of(cpuOption.pair());
        if (auditor.isEmpty()) {
            throw new IOException(
                    "strace is not in PATH: install it, 'apt-get install strace' for instance");
        }
        for (Transport transport : mechanisms) {
            if (transport.unavailable().isPresent()) {
                System.out.println(
                        transport.id() + " is not available: " + transport.unavailable().get());
            } else {
                print(auditor.get().count(transport, messages));
            }
        }
        return Exit.OK;
    }

    private static void print(Audit audit) {
        String calls =
                audit.perMessage().entrySet().stream()
                        .map(e -> String.format(Locale.ROOT, "%s %.2f", e.getKey(), e.getValue()))
                        .collect(Collectors.joining(", "));
        CommandOutput.print(
                "%-24s %d messages, calls a message: %s",
                audit.mechanism() + "/" + audit.waiting(),
                audit.messages(),
                calls.isEmpty() ? "0.00" : calls);
    }
}
