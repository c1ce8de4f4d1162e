package io.sluice.compare.cli;

import io.sluice.compare.transport.Transport;
import io.sluice.compare.transport.Transports;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code list}: the mechanisms. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Lists the mechanisms, and why one is not available here.",
        footer = {"", "Example: shm-compare list"})
final class ListCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        System.out.printf(Locale.ROOT, "%-19s %-8s %s%n", "MECHANISM", "WAITS", "WHAT IT IS");
        for (Transport transport : Transports.all()) {
            System.out.printf(
                    Locale.ROOT,
                    "%-19s %-8s %s%s%n",
                    transport.id(),
                    transport.waiting(),
                    transport.description(),
                    transport.unavailable().map(why -> " (not available: " + why + ")").orElse(""));
        }
        Transports.broken().forEach(why -> System.out.println("cannot be used: " + why));
        return 0;
    }
}
